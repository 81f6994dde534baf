# The image of one of our services, from the repository's root: docker build -f infra/docker/service.Dockerfile --build-arg PROJECT=Orchestrator .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG PROJECT
WORKDIR /src
COPY . .
RUN dotnet publish "$PROJECT" --configuration Release --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
ARG PROJECT
ENV SERVICE=/app/$PROJECT
WORKDIR /app
COPY --from=build /app .
# The user "app" of the base image, to whom the service "volumes" gives the volumes.
USER $APP_UID
EXPOSE 8080
ENTRYPOINT ["/bin/sh", "-c", "exec \"$SERVICE\""]
