using System.Collections.Concurrent;
using System.Net;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Charts;
using AgentSystem.WebConsole.Dashboards.Queries;
using AgentSystem.WebConsole.Live;
using AgentSystem.WebConsole.Logs;
using AgentSystem.WebConsole.Runbooks;
using AgentSystem.WebConsole.Tasks;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AgentSystem.Tests.WebConsole;

/// <summary>Renders the console's components without a browser, over backends whose answers a test gives.</summary>
public sealed class ConsoleComponents : BunitContext
{
    public ConsoleComponents(string runbooksDir = "/nowhere", string dashboardsDir = "/nowhere", TimeProvider? time = null)
    {
        Services.AddLogging();
        Services.AddSingleton(time ?? TimeProvider.System);
        Services.AddSingleton<IHostApplicationLifetime, NeverStops>();
        Services.AddSingleton<IHttpClientFactory>(Backends);
        Services.AddSingleton<BackendHealth>();
        Services.AddSingleton<BackendProbe>();
        Services.AddSingleton<SharedPolls>();
        Services.AddSingleton<Ticker>();
        Services.AddSingleton<TaskEventReader>();
        Services.AddSingleton<TaskEventFeed>();
        Services.AddSingleton<OrchestratorClient>();
        Services.AddSingleton<JaegerClient>();
        Services.AddSingleton<LokiClient>();
        Services.AddSingleton<TaskEvidence>();
        Services.AddSingleton<LogTail>();
        Services.AddSingleton<PrometheusClient>();
        Services.AddSingleton<AlertmanagerClient>();
        Services.AddSingleton<AlertingClient>();
        Services.AddSingleton<ResourceServiceClient>();
        Services.AddSingleton<RunbookLibrary>();
        Services.AddSingleton<DashboardFiles>();
        Services.AddSingleton<SharedQueries>();
        Services.AddSingleton<PrometheusQueries>();
        Services.AddSingleton<LokiQueries>();
        Services.AddSingleton<VariableQueries>();
        Services.AddSingleton<AnnotationLoader>();
        Services.AddSingleton<PanelLoader>();
        Services.AddScoped<DashboardScript>();
        Services.AddSingleton(Options.Create(new DashboardOptions { Folder = dashboardsDir }));
        Services.AddSingleton(Options.Create(new RunbookOptions { RunbooksDir = runbooksDir }));
        Services.AddSingleton(Options.Create(Settings));
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public BackendOptions Settings { get; } = new();

    public AnsweringBackends Backends { get; } = new();

    private sealed class NeverStops : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;
        public CancellationToken ApplicationStopping => CancellationToken.None;
        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}

/// <summary>Backends that give the answers that they were given; one that was given none is not configured.</summary>
public sealed class AnsweringBackends : IHttpClientFactory
{
    private readonly ConcurrentDictionary<(Backend, string), (HttpStatusCode Status, string Body)> _answers = new();

    /// <summary>What was asked, with everything written out.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What each answer waits for.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>Lets a backend answer a path, whatever its query.</summary>
    public void Answer(Backend backend, string path, string json, HttpStatusCode status = HttpStatusCode.OK) => _answers[(backend, path)] = (status, json);

    public HttpClient CreateClient(string name)
    {
        var backend = Enum.Parse<Backend>(name);
        return new(new Handler(this, backend)) { BaseAddress = _answers.Keys.Any(key => key.Item1 == backend) ? new($"http://{name.ToLowerInvariant()}.test/") : null };
    }

    private sealed class Handler(AnsweringBackends backends, Backend backend) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            backends.Requests.Enqueue(Uri.UnescapeDataString(request.RequestUri!.PathAndQuery));
            await backends.Held.WaitAsync(cancellationToken);
            return backends._answers.TryGetValue((backend, request.RequestUri.AbsolutePath), out var answer)
                ? new HttpResponseMessage(answer.Status) { Content = new StringContent(answer.Body) }
                : throw new HttpRequestException(HttpRequestError.ConnectionError, $"nobody answers {request.RequestUri}");
        }
    }
}
