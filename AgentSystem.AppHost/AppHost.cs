using AgentSystem.AppHost;
using AgentSystem.AppHost.Backends;
using AgentSystem.AppHost.Running;
using Microsoft.Extensions.Configuration;

Console.WriteLine(Engine.Announcement);

var builder = DistributedApplication.CreateBuilder(args);

var apiKey = builder.AddParameter("api-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);
var storage = builder.AddStorage();

var orchestrator = builder.AddProject<Projects.Orchestrator>("orchestrator", launchProfileName: null)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => url.DisplayText = "API")
    .WithEnvironment("API_KEY", apiKey)
    .WithEnvironment("SHARED_DIR", storage.SharedVolume)
    .WithEnvironment("ORCHESTRATOR_DB", storage.Journal)
    .WithEnvironment("Agents__AllowedRoots", storage.AllowedRoots)
    .WithConnectionFile(apiKey, storage);

var marie = AddWorker("marie");
var anga = AddWorker("anga");
var fabien = AddWorker("fabien");

var alerting = builder.AddProject<Projects.Alerting>("alerting", launchProfileName: null)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithEnvironment("API_KEY", apiKey);

builder.AddBackend(Backend.Alertmanager, storage, apiKey)?.WaitFor(alerting);
builder.AddBackend(Backend.Prometheus, storage, apiKey)?.WaitFor(orchestrator);
builder.AddBackend(Backend.NodeExporter, storage, apiKey);

builder.AddRunReport(orchestrator, apiKey, workers: [marie, anga, fabien]);

builder.Build().Run();

IResourceBuilder<ProjectResource> AddWorker(string name) =>
    builder.AddProject<Projects.Workers>(name, launchProfileName: null)
        .WithReplicas(builder.Configuration.GetValue("Workers:Replicas", 1))
        .WithHttpEndpoint()
        .WithHttpHealthCheck("/health")
        .WithEnvironment("WORKER_NAME", name)
        .WithEnvironment("API_KEY", apiKey)
        .WithEnvironment("SHARED_DIR", storage.SharedVolume)
        .WithEnvironment("Agents__AllowedRoots", storage.AllowedRoots)
        .WithReference(orchestrator)
        .WaitFor(orchestrator);
