using AgentSystem.WebConsole.Alerts;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Resources;
using AgentSystem.WebConsole.Runbooks;
using AgentSystem.WebConsole.Slos;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace AgentSystem.Tests.WebConsole;

/// <summary>A page that has nothing to show says what is missing and how it comes to be there.</summary>
public sealed class NothingThereTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConsoleComponents _console = new();

    [Fact]
    public void Without_SLOs_it_is_said_how_they_come_in()
    {
        _console.Backends.Answer(Backend.Prometheus, "/api/v1/query", """{"status":"success","data":{"resultType":"vector","result":[]}}""");

        Says<SlosPage>("No SLO is recorded.", "infra/prometheus/rules/");
    }

    [Fact]
    public void Without_runbooks_it_is_said_what_one_is() => Says<RunbooksPage>("There are no runbooks yet.", "runbooks/&lt;AlertName&gt;.md");

    [Fact]
    public void Without_rules_it_is_said_that_nothing_can_fire()
    {
        _console.Backends.Answer(Backend.Prometheus, "/api/v1/rules", """{"status":"success","data":{"groups":[]}}""");
        _console.Backends.Answer(Backend.Alertmanager, "/api/v2/alerts", "[]");
        _console.Backends.Answer(Backend.Alertmanager, "/api/v2/silences", "[]");

        Says<AlertsPage>("All is quiet.", "Prometheus has no alerting rules");
    }

    [Fact]
    public void An_Alertmanager_that_does_not_answer_is_named_and_what_Prometheus_knows_is_shown()
    {
        _console.Backends.Answer(
            Backend.Prometheus, "/api/v1/rules",
            """
            {"status":"success","data":{"groups":[{"name":"g","file":"g.yml","interval":5,"rules":[{"name":"Down","query":"up == 0","duration":0,"labels":{},
            "annotations":{},"state":"firing","health":"ok","lastError":"","alerts":[{"labels":{"alertname":"Down"},"annotations":{},"state":"firing",
            "activeAt":"2026-11-24T12:00:00Z","value":"0e+00"}],"type":"alerting"}]}]}}
            """);
        _console.Backends.Answer(Backend.Alertmanager, "/else", "");

        Says<AlertsPage>("Alertmanager does not answer", "data-alert=\"Down\"");
    }

    [Fact]
    public void On_Aspires_engine_the_resources_are_on_its_dashboard()
    {
        _console.Settings.AspireDashboardUrl = "http://localhost:18888";

        Says<ResourcesPage>("Open Aspire's dashboard", "href=\"http://localhost:18888\"");
    }

    [Fact]
    public void A_published_console_leaves_resources_to_what_runs_them() => Says<ResourcesPage>("docker compose ps");

    [Fact]
    public void A_host_that_does_not_answer_is_named()
    {
        _console.Backends.Answer(Backend.ResourceService, "/else", "");

        Says<ResourcesPage>("The host does not answer");
    }

    [Fact]
    public void A_host_that_refuses_is_quoted()
    {
        _console.Backends.Answer(Backend.ResourceService, "/resources", """{"title":"The key is missing or wrong.","status":401,"detail":"Send it."}""", System.Net.HttpStatusCode.Unauthorized);

        Says<ResourcesPage>("The key is missing or wrong. Send it.");
    }

    public void Dispose() => _console.Dispose();

    private void Says<TPage>(params string[] texts) where TPage : IComponent
    {
        var page = _console.Render<TPage>();
        page.WaitForAssertion(() => Assert.All(texts, text => Assert.Contains(text.Replace("'", "&#x27;", StringComparison.Ordinal), page.Markup.Replace("'", "&#x27;", StringComparison.Ordinal), StringComparison.Ordinal)), Patience);
    }
}
