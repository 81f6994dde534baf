using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Api;

/// <summary>Which system to talk to, and the key to it.</summary>
/// <param name="Url">Base address of the API, ending in a slash.</param>
/// <param name="ApiKey">The key; null when none is known.</param>
/// <param name="Origin">Where the address came from, for messages.</param>
internal sealed record Connection(Uri Url, string? ApiKey, string Origin)
{
    public const string UrlVariable = "AGENTSYSTEM_URL";
    public const string AlertingUrlVariable = "ALERTING_URL";
    public const string ApiKeyVariable = "AGENTSYSTEM_API_KEY";

    /// <summary>The orchestrator. Options go before variables, variables before the file that a running AppHost wrote.</summary>
    /// <exception cref="CliException">There is no system to talk to, or its address is not one.</exception>
    public static Connection Find(CliHost host, string? urlOption, string? apiKeyOption) =>
        Find(host, ("--url", urlOption), UrlVariable, apiKeyOption, file => file.OrchestratorUrl);

    /// <summary>The alerting service, found in the same way.</summary>
    /// <exception cref="CliException">There is no system to talk to, or its address is not one.</exception>
    public static Connection FindAlerting(CliHost host, string? urlOption, string? apiKeyOption) =>
        Find(host, ("--alerting-url", urlOption), AlertingUrlVariable, apiKeyOption, file => file.AlertingUrl);

    private static Connection Find(
        CliHost host, (string Name, string? Value) urlOption, string urlVariable, string? apiKeyOption, Func<ConnectionFile, string?> urlOf)
    {
        var apiKey = NotEmpty(apiKeyOption) ?? NotEmpty(host.Variable(ApiKeyVariable));
        var (url, origin) = NotEmpty(urlOption.Value) is { } option ? (option, urlOption.Name)
            : NotEmpty(host.Variable(urlVariable)) is { } variable ? (variable, urlVariable)
            : (null, host.ConnectionPath);

        // With both given, what the file holds does not matter, not even whether it can be read.
        if (url is not null && apiKey is not null)
            return new(Parse(url, origin), apiKey, origin);

        var file = ReadFile(host.ConnectionPath, required: url is null);
        if (url is null)
        {
            var running = file ?? throw new CliException(ExitCode.NotReachable, "no running system was found.",
                $"{host.ConnectionPath} does not exist.",
                $"Start one with ./start.sh, or give {urlOption.Name} and --api-key (or {urlVariable} and {ApiKeyVariable}).");
            var known = urlOf(running) ?? throw new CliException(ExitCode.NotReachable, "the running system does not say where its alerting service is.",
                $"Start it again with this version, or give {urlOption.Name} (or {urlVariable}).");
            return new(Parse(known, origin), apiKey ?? running.ApiKey, origin);
        }

        // The local system's key goes to the local system only, not to whatever address was typed.
        var address = Parse(url, origin);
        return new(address, file is not null && TryParse(urlOf(file)) == address ? file.ApiKey : null, origin);
    }

    private static ConnectionFile? ReadFile(string path, bool required)
    {
        try
        {
            return ConnectionFile.Read(path);
        }
        catch (Exception) when (!required)
        {
            return null;
        }
        catch (InvalidDataException e)
        {
            throw new CliException(ExitCode.NotReachable, e.Message);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.NotAuthorised, $"{path} cannot be read.", "It belongs to the user who started the system.");
        }
        catch (IOException e)
        {
            throw new CliException(ExitCode.NotReachable, $"{path} cannot be read: {e.Message}");
        }
    }

    private static Uri Parse(string url, string origin) =>
        TryParse(url) ?? throw new CliException(ExitCode.Usage, $"'{url}' ({origin}) is not an address; it looks like http://127.0.0.1:5080.");

    private static Uri? TryParse(string? url) =>
        Uri.TryCreate(url?.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
