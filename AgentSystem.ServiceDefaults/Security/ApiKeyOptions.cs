using System.Security.Cryptography;
using System.Text;

namespace AgentSystem.ServiceDefaults.Security;

/// <summary>The key that every endpoint but the probes asks for.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Name of the configuration value that holds it.</summary>
    public const string Variable = "API_KEY";

    /// <summary>The key: printable ASCII, no space at either end, without a comma, which OTEL_EXPORTER_OTLP_HEADERS cannot carry (the SDK decodes before it splits).</summary>
    public string Key { get; set; } = "";

    /// <summary>What a browser keeps after <c>/login</c>: proves the key without being it, and ends when the key changes.</summary>
    internal string CookieValue =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), "agentsystem browser session"u8));

    /// <summary>Compares in a time that says nothing about where the difference is.</summary>
    internal static bool Same(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
