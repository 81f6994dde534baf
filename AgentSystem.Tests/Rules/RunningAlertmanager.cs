using System.Net.Http.Json;
using System.Text.Json;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Rules;

/// <summary>Alertmanager with the configuration of the repository, as a program of this machine that reaches nobody.</summary>
public sealed class RunningAlertmanager : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private BackendProcess _alertmanager = null!;

    private HttpClient Http => _alertmanager.Http;

    public async Task InitializeAsync() =>
        _alertmanager = await BackendProcess.StartAlertmanagerAsync(AlertmanagerFile.Path, _folder["data"], BackendProcess.NewAddress());

    /// <summary>Lets these alerts fire, or ends them.</summary>
    public async Task SetAsync(IEnumerable<IReadOnlyDictionary<string, string>> alerts, bool firing)
    {
        var now = DateTimeOffset.UtcNow;
        using var answer = await Http.PostAsJsonAsync("/api/v2/alerts", alerts.Select(labels => new
        {
            labels,
            startsAt = now.AddMinutes(-1),
            endsAt = firing ? now.AddMinutes(10) : now.AddSeconds(-1),
        }));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The alerts that fire, each with whether another one silences it.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, bool Inhibited)>> AlertsAsync() =>
    [
        .. (await Http.GetFromJsonAsync<JsonElement>("/api/v2/alerts")).EnumerateArray().Select(alert => (
            (IReadOnlyDictionary<string, string>)alert.GetProperty("labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            alert.GetProperty("status").GetProperty("inhibitedBy").GetArrayLength() > 0)),
    ];

    /// <summary>The messages that it makes of them: each receiver with how many alerts it is told of at once.</summary>
    public async Task<IReadOnlyList<(string Receiver, int Alerts)>> GroupsAsync() =>
    [
        .. (await Http.GetFromJsonAsync<JsonElement>("/api/v2/alerts/groups")).EnumerateArray().Select(group => (
            group.GetProperty("receiver").GetProperty("name").GetString()!,
            group.GetProperty("alerts").GetArrayLength())),
    ];

    public async Task DisposeAsync() => await _alertmanager.DisposeAsync();

    public void Dispose() => _folder.Dispose();
}
