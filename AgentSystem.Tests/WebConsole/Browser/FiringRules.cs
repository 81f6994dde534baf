namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>
/// Rules for the running Prometheus, of which one alert fires, one is pending and one is inhibited by the first, and an SLO; gone when the tests
/// that need them are over.
/// </summary>
public sealed class FiringRules(ConsoleInBrowser console) : IAsyncLifetime
{
    private const string Rules = """
        groups:
          - name: console-tests
            rules:
              - alert: TestFiring
                expr: vector(42) > 1
                labels: { severity: critical, worker: marie }
                annotations:
                  summary: Something is wrong with marie.
                  runbook_url: https://example.com/runbooks/TestFiring.md
              - alert: TestPending
                expr: vector(1)
                for: 1h
                labels: { severity: warning }
              - alert: TestInhibited
                expr: vector(1)
                labels: { severity: warning, worker: marie }
              - alert: TestBroken
                expr: vector(1) == on() group_left() (label_replace(vector(1), "a", "1", "", "") or label_replace(vector(1), "a", "2", "", ""))
          - name: console-tests-slo
            rules:
              - { record: "slo:objective:ratio", expr: vector(0.99), labels: &slo { sloth_id: orchestrator-tasks, sloth_service: orchestrator, sloth_slo: tasks } }
              - { record: "slo:time_period:days", expr: vector(30), labels: *slo }
              - { record: "slo:period_error_budget_remaining:ratio", expr: vector(0.42), labels: *slo }
              - { record: "slo:current_burn_rate:ratio", expr: vector(3), labels: *slo }
              - { record: "slo:sli_error:ratio_rate5m", expr: vector(0.03), labels: *slo }
              - { record: "slo:sli_error:ratio_rate1h", expr: vector(0.02), labels: *slo }

        """;

    private const string Rest = "inhibit_rules:\n";

    private const string Inhibition = """
          - source_matchers: [alertname="TestFiring"]
            target_matchers: [alertname="TestInhibited"]
            equal: [worker]

        """;

    private string _alertmanager = "";

    private string RulesFile => Path.Combine(console.System.SettingsOf("prometheus"), "rules", "console-tests.yml");

    private string AlertmanagerFile => Path.Combine(console.System.SettingsOf("alertmanager"), "alertmanager.yml");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RulesFile)!);
        await File.WriteAllTextAsync(RulesFile, Rules);
        _alertmanager = await File.ReadAllTextAsync(AlertmanagerFile);
        await File.WriteAllTextAsync(AlertmanagerFile, _alertmanager.Replace(Rest, Rest + Inhibition, StringComparison.Ordinal));
        await console.System.ReloadAsync("alertmanager");
        await console.System.ReloadAsync("prometheus");
    }

    public async Task DisposeAsync()
    {
        File.Delete(RulesFile);
        await File.WriteAllTextAsync(AlertmanagerFile, _alertmanager);
        await console.System.ReloadAsync("prometheus");
        await console.System.ReloadAsync("alertmanager");
    }
}
