using System.Net.Http.Json;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Orchestrator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting;

/// <summary>The alerting service asks the real orchestrator what was injected.</summary>
public sealed class InjectedFaultsTests
{
    [Fact]
    public async Task An_incident_names_the_fault_that_the_orchestrator_knows_of()
    {
        using var orchestrator = new OrchestratorApp(settings: [("Chaos:Enabled", "true"), ("API_KEY", AlertingHost.ApiKey)]);
        orchestrator.UseKestrel(0);
        orchestrator.StartServer();
        using var http = new HttpClient { BaseAddress = orchestrator.ClientOptions.BaseAddress };
        http.DefaultRequestHeaders.Add(ConnectionFile.ApiKeyHeader, AlertingHost.ApiKey);
        using var injected = await http.PostAsJsonAsync("/chaos", new { fault = "stuck-task", worker = "marie", by = "ann" });
        injected.EnsureSuccessStatusCode();
        await using var host = await AlertingHost.StartAsync(("Chaos:Enabled", "true"), ("ORCHESTRATOR_URL", http.BaseAddress.ToString()));

        await host.Get<IncidentDesk>().ReceiveAsync([Firing("TasksStalled", "marie", "warning") with { StartsAt = DateTimeOffset.UtcNow.AddSeconds(1) }]);

        Assert.Equal("The fault stuck-task, injected into the worker marie", (await IncidentAsync(host)).Cause!.Text);
    }

    [Fact]
    public async Task An_orchestrator_that_does_not_answer_costs_an_incident_nothing_but_that_knowledge()
    {
        await using var host = await AlertingHost.StartAsync(("Chaos:Enabled", "true"), ("ORCHESTRATOR_URL", "http://127.0.0.1:1"));

        await host.Get<IncidentDesk>().ReceiveAsync([Firing("OrchestratorDown")]);

        Assert.Equal("OrchestratorDown of the orchestrator", (await IncidentAsync(host)).Cause!.Text);
    }

    [Theory]
    [InlineData("true", 1)]
    [InlineData("false", 0)]
    [InlineData(null, 0)]
    public async Task The_orchestrator_is_asked_only_where_faults_may_have_been_injected(string? enabled, int questions)
    {
        using var orchestrator = new Counting();
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ORCHESTRATOR_URL", "http://orchestrator.test/"), new("Chaos:Enabled", enabled)]).Build();

        await new InjectedFaults(orchestrator, settings, TimeProvider.System, NullLogger<InjectedFaults>.Instance).RefreshAsync(CancellationToken.None);

        Assert.Equal(questions, orchestrator.Requests);
    }

    private sealed class Counting : HttpMessageHandler, IHttpClientFactory
    {
        public int Requests { get; private set; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return Task.FromResult(new HttpResponseMessage { Content = JsonContent.Create(new FaultList(true, []), ApiJson.Default.FaultList) });
        }
    }

    private static async Task<Incident> IncidentAsync(AlertingHost host) =>
        Assert.Single(await host.Get<IncidentStore>().ReadAsync(session => session.Active()));
}
