using System.ComponentModel.DataAnnotations;

namespace AgentSystem.Orchestrator.Why.Evidence;

/// <summary>Where explanations find their evidence: section <c>Orchestrator:Why</c>, and the variables that name the backends.</summary>
public sealed class WhyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Orchestrator:Why";

    /// <summary>The environment variable with the base address of Jaeger's HTTP query API, for example <c>http://127.0.0.1:16686</c>.</summary>
    public const string JaegerVariable = "JAEGER_URL";

    /// <summary>The environment variable with the base address of Loki's HTTP API, for example <c>http://127.0.0.1:3100</c>.</summary>
    public const string LokiVariable = "LOKI_URL";

    /// <summary>Jaeger's address (<c>JAEGER_URL</c>). Empty: explanations do without traces.</summary>
    public string JaegerUrl { get; set; } = "";

    /// <summary>Loki's address (<c>LOKI_URL</c>). Empty: explanations do without logs.</summary>
    public string LokiUrl { get; set; } = "";

    /// <summary>How long both of them together may take. Then the explanation does without.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00", ErrorMessage = "Orchestrator:Why:Patience must lie between 100 ms and 1 min.")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(3);

    internal static bool IsAddress(string url) =>
        url.Length == 0 || Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
