var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddReverseProxy();
var app = builder.Build();
await app.RunAsync();
