using System.Text.Json;

namespace AgentSystem.Protocol.Api;

/// <summary>
/// Where a running system is and the key to it. The AppHost writes it for the tools on the same machine; only its owner can read it.
/// </summary>
/// <param name="OrchestratorUrl">Base address of the orchestrator's API.</param>
/// <param name="ApiKey">Goes into the header <c>X-Api-Key</c>.</param>
/// <param name="SharedDir">The shared volume.</param>
/// <param name="ProcessId">The AppHost's process id.</param>
/// <param name="AlertingUrl">Base address of the alerting service's API; null in a file of an older AppHost.</param>
public sealed record ConnectionFile(string OrchestratorUrl, string ApiKey, string SharedDir, int ProcessId, string? AlertingUrl = null)
{
    /// <summary>The header that carries the API key.</summary>
    public const string ApiKeyHeader = "X-Api-Key";

    /// <summary>Overrides <see cref="DefaultPath"/>.</summary>
    public const string PathVariable = "AGENTSYSTEM_CONNECTION";

    /// <summary><c>$AGENTSYSTEM_CONNECTION</c>, else <c>agentsystem/connection.json</c> in the user's state folder.</summary>
    public static string DefaultPath
    {
        get
        {
            if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path)
                return path;
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg
                ? xdg
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
            return Path.Combine(state, "agentsystem", "connection.json");
        }
    }

    /// <summary>The system that the file at <paramref name="path"/> describes, or null when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is there and is not one of ours.</exception>
    public static ConnectionFile? Read(string? path = null)
    {
        path ??= DefaultPath;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ApiJson.Default.ConnectionFile);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not a connection file; delete it and start the system again.", e);
        }
    }
}
