# Build: docker build -t bfproxy .      Run: docker run -p 8080:8080 -e BfProxy__Providers__openai__ApiKey=… bfproxy
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Transforms/Transforms.csproj src/Transforms/
COPY src/BfProxy/BfProxy.csproj src/BfProxy/
RUN dotnet restore src/BfProxy
COPY src src
COPY config config
RUN dotnet publish src/BfProxy -c Release --no-restore -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app .
USER $APP_UID
ENV ASPNETCORE_URLS=http://+:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "BfProxy.dll"]
