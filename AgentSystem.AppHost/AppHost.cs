using AgentSystem.AppHost;
using AgentSystem.AppHost.Backends;
using AgentSystem.AppHost.Publishing;
using AgentSystem.AppHost.Running;

Console.WriteLine(Engine.Announcement);

var builder = DistributedApplication.CreateBuilder(args);

var apiKey = builder.AddParameter("api-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);
var consoleToken = builder.AddParameter("console-token", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);
var grafanaPassword = builder.AddParameter("grafana-password", new GenerateParameterDefault { MinLength = 16, Special = false }, secret: true);
var anthropicKey = builder.AddOptionalParameter("anthropic-key", secret: true, variable: "ANTHROPIC_API_KEY");
var slackToken = builder.AddOptionalParameter("slack-token", secret: true);
var slackChannel = builder.AddOptionalParameter("slack-channel");
var pagerDutyKey = builder.AddOptionalParameter("pagerduty-key", secret: true);
var storage = builder.AddStorage();

// Telemetry: every process -> collector -> Jaeger, Loki and the dashboard of Aspire; or one store in their place.
var jaeger = builder.AddJaeger("jaeger", storage);
var loki = builder.AddLoki("loki", storage);
var dashboard = builder.AddAspireDashboard("dashboard", apiKey);
var collector = builder.AddOpenTelemetryCollector("otel-collector", storage)
    .WithTracesTo(jaeger)
    .WithLogsTo(loki)
    .WithEverythingOn(dashboard, apiKey);
builder.AddAlloy("alloy", loki, storage);
var store = builder.AddTelemetryStore("telemetry-store", apiKey, storage, standsInFor: [jaeger, loki]);

// The work: tasks come over HTTP and travel as files on the shared volume.
var orchestrator = builder.AddService<Projects.Orchestrator>("orchestrator", apiKey)
    .WithExternalHttpEndpoints()
    .WithUrlForEndpoint("http", url => url.DisplayText = "API")
    .WithSharedVolume(storage)
    .WithJournal(storage)
    .WithTelemetry(collector, store, apiKey)
    .WithTelemetrySources(jaeger, loki, store)
    .WithChaosOf(store);

var marie = AddWorker("marie");
var anga = AddWorker("anga");
var fabien = AddWorker("fabien");

// Alerts: Prometheus -> Alertmanager -> alerting -> Slack, PagerDuty.
var alerting = builder.AddService<Projects.Alerting>("alerting", apiKey)
    .WithIncidents(storage)
    .WithEnvironment("Slack__Token", slackToken)
    .WithEnvironment("Slack__Channel", slackChannel)
    .WithEnvironment("PagerDuty__RoutingKey", pagerDutyKey)
    .WithEnvironment("ORCHESTRATOR_URL", orchestrator.GetEndpoint("http")) // asked for what agents ask people; nobody waits for it
    .WithChaos()
    .WithTelemetry(collector, store, apiKey);
var alertmanager = builder.AddAlertmanager("alertmanager", apiKey, storage)
    .WaitFor(alerting);
alerting.WithEnvironment("ALERTMANAGER_URL", alertmanager.GetEndpoint("http")); // asked for what it suppresses; nobody waits for it
var prometheus = builder.AddPrometheus("prometheus", apiKey, storage)
    .WaitFor(orchestrator);
builder.AddNodeExporter("node-exporter", storage);

var grafana = builder.AddGrafana("grafana", grafanaPassword, storage)
    .WithDataSource("PROMETHEUS_URL", prometheus)
    .WithDataSource("ALERTMANAGER_URL", alertmanager)
    .WithDataSource("LOKI_URL", loki)
    .WithDataSource("JAEGER_URL", jaeger);

// The page that people open first. It reads from all the others and needs none of them to start.
var console = builder.AddWebConsole("console", apiKey, consoleToken)
    .WithReference(orchestrator)
    .WithDashboards(storage)
    .WithTelemetry(collector, store, apiKey)
    .WithTelemetrySources(jaeger, loki, store)
    .WithEnvironment("PROMETHEUS_URL", prometheus.GetEndpoint("http"))
    .WithEnvironment("ALERTMANAGER_URL", alertmanager.GetEndpoint("http"))
    .WithEnvironment("ALERTING_URL", alerting.GetEndpoint("http"))
    .WithLinksTo(grafana);

alerting.WithLinksTo(console);
orchestrator.WithConnectionFile(apiKey, storage, alerting);
builder.AddRunReport(orchestrator, apiKey, console, consoleToken, workers: [marie, anga, fabien]);
builder.PrepareVolumes(storage);
builder.ForgetWhatIsLeftOut();
builder.PublishToCompose(storage);

builder.Build().Run();

IResourceBuilder<ProjectResource> AddWorker(string name) =>
    builder.AddService<Projects.Workers>(name, apiKey)
        .WithReplicas(builder.WorkerReplicas())
        .WithEnvironment("WORKER_NAME", name)
        .WithEnvironment("ANTHROPIC_API_KEY", anthropicKey)
        .WithSharedVolume(storage)
        .WithReference(orchestrator)
        .WithTelemetry(collector, store, apiKey)
        .WithChaos()
        .WaitFor(orchestrator);
