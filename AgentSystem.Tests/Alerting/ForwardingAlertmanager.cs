using AgentSystem.Alerting.Webhook;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Alerting;

/// <summary>The Alertmanager of the distribution, which tells the alerting service everything, at once.</summary>
internal static class ForwardingAlertmanager
{
    /// <param name="folder">Where it keeps its configuration and what it knows.</param>
    /// <param name="webhook">Address of the alerting service.</param>
    /// <param name="url">Where it listens.</param>
    internal static Task<BackendProcess> StartAsync(string folder, string webhook, Uri url)
    {
        var key = Path.Combine(Directory.CreateDirectory(folder).FullName, "api-key");
        File.WriteAllText(key, AlertingHost.ApiKey);
        var configuration = Path.Combine(folder, "alertmanager.yml");
        File.WriteAllText(configuration, $$"""
            route:
              receiver: agentsystem
              group_by: [alertname]
              group_wait: 0s
              group_interval: 1s
              repeat_interval: 1h
            inhibit_rules:
              - source_matchers: [severity="critical"]
                target_matchers: [severity="warning"]
                equal: [worker]
            receivers:
              - name: agentsystem
                webhook_configs:
                  - url: {{webhook}}{{WebhookExtensions.Path}}
                    send_resolved: true
                    http_config:
                      authorization:
                        credentials_file: {{key}}
            """);
        return BackendProcess.StartAlertmanagerAsync(configuration, Path.Combine(folder, "data"), url);
    }
}
