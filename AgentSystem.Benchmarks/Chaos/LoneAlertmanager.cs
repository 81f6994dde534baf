using AgentSystem.Benchmarks.Processes;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>
/// Alertmanager without our configuration: each alert is a notification of its own, and none keeps another back. Prometheus tells it what it tells
/// ours, so that both are measured in the same storm.
/// </summary>
internal static class LoneAlertmanager
{
    /// <summary>Starts it, and adds it to those that Prometheus tells.</summary>
    /// <param name="folder">For its configuration and data.</param>
    /// <param name="receiver">Where it sends to.</param>
    /// <param name="targets">The file by which Prometheus finds Alertmanagers.</param>
    internal static async Task<ServiceProcess> StartAsync(string folder, string receiver, string targets)
    {
        var process = await AlertmanagerProcess.StartAsync(folder, $$"""
            route: { receiver: alone, group_by: ['...'], group_wait: 5s, group_interval: 5s, repeat_interval: 4h }
            receivers:
              - name: alone
                webhook_configs: [{ url: {{receiver}}, send_resolved: true }]
            """);
        await File.AppendAllTextAsync(targets, $$"""

            - targets: ["{{process.Url.Authority}}"]
              labels: { job: alertmanager-alone, instance: alertmanager-alone }

            """);
        return process;
    }
}
