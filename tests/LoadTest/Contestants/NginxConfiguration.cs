namespace LoadTest.Contestants;

/// <summary>nginx as one would set it up for event streams: unbuffered, upstream connections kept.</summary>
internal static class NginxConfiguration
{
    public static string Text(int port, int provider, string directory) => $$"""
        daemon off;
        worker_processes 2;
        worker_rlimit_nofile 20000;
        pid {{directory}}/nginx.pid;
        error_log {{directory}}/error.log error;
        events { worker_connections 9000; }
        http {
          access_log off;
          client_body_temp_path {{directory}}/body;
          proxy_temp_path {{directory}}/proxy;
          fastcgi_temp_path {{directory}}/fastcgi;
          uwsgi_temp_path {{directory}}/uwsgi;
          scgi_temp_path {{directory}}/scgi;
          upstream provider { server 127.0.0.1:{{provider}}; keepalive 256; }
          server {
            listen 127.0.0.1:{{port}} backlog=4096;
            location / {
              proxy_pass http://provider;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_buffering off;
              proxy_read_timeout 1h;
            }
          }
        }
        """;
}
