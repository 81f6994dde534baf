namespace AgentSystem.WebConsole.Backends;

/// <summary>Where the backends are. An empty address: this run has no such backend.</summary>
public sealed class BackendOptions
{
    /// <summary>Section of what is not an address.</summary>
    public const string Section = "Console:Backends";

    /// <summary>The addresses, by backend.</summary>
    public IDictionary<Backend, string> Urls { get; } = new Dictionary<Backend, string>();

    /// <summary>Address of Grafana as browsers reach it, for links (<c>GRAFANA_URL</c>).</summary>
    public string GrafanaUrl { get; set; } = "";

    /// <summary>Address of Aspire's dashboard, for links, where the engine has one (<c>ASPIRE_DASHBOARD_URL</c>).</summary>
    public string AspireDashboardUrl { get; set; } = "";

    /// <summary>Key of the engine's API of the resources (<c>DASHBOARD__RESOURCESERVICECLIENT__APIKEY</c>, as Aspire's dashboard gets its own).</summary>
    public string ResourceServiceKey { get; set; } = "";

    /// <summary>How long a backend may take for an answer.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);

    internal static bool IsAddress(string url) =>
        url.Length == 0 || (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");
}
