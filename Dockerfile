# docker build -t bfproxy . && docker run --read-only -p 8080:8080 -e BfProxy__Providers__openai__ApiKey=… bfproxy
# With Redis: config/examples/compose.yaml; on Kubernetes: config/examples/kubernetes.yaml; both explained in docs/operations.md.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
COPY Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Transforms/Transforms.csproj src/Transforms/
COPY src/BfProxy/BfProxy.csproj src/BfProxy/
RUN dotnet restore src/BfProxy -a $TARGETARCH -p:PublishReadyToRun=true
COPY src src
COPY config config
RUN dotnet publish src/BfProxy -c Release -a $TARGETARCH --self-contained false --no-restore -p:PublishReadyToRun=true -p:StaticWebAssetsEnabled=false -o /app

# No shell, no package manager, no ICU: the app asks for its own health, and reads nothing by a culture.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app .
# The sockets of .NET's diagnostics are all that it would write: off, so that the root may be read-only.
ENV ASPNETCORE_HTTP_PORTS=8080 DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=5s --retries=3 CMD ["dotnet", "BfProxy.dll", "healthcheck"]
ENTRYPOINT ["dotnet", "BfProxy.dll"]
