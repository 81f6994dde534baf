using System.Text.Json;

namespace Aspire.Hosting.Execution;

/// <summary>One way to run a project, as its launch settings have it.</summary>
internal sealed record LaunchProfile(string? CommandName, string? CommandLineArgs, string? LaunchUrl, string? ApplicationUrl, IReadOnlyDictionary<string, string>? EnvironmentVariables);

/// <summary>Reads <c>Properties/launchSettings.json</c>.</summary>
internal static class LaunchSettings
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The profiles of a project's folder in the file's order; null when it has no such file.</summary>
    /// <exception cref="DistributedApplicationException">The file cannot be read.</exception>
    public static OrderedDictionary<string, LaunchProfile>? Read(string folder)
    {
        var file = Path.Combine(folder, "Properties", "launchSettings.json");
        if (!File.Exists(file))
            return null;
        try
        {
            return JsonSerializer.Deserialize<Settings>(File.ReadAllText(file), Json)?.Profiles ?? [];
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"{file} cannot be read as launch settings: {e.Message}", e);
        }
    }

    /// <summary>A command line's words: white space parts them, quotation marks hold them together.</summary>
    public static IEnumerable<string> Words(string? commandLine)
    {
        var word = new System.Text.StringBuilder();
        var (quoted, begun) = (false, false);
        for (var i = 0; i < commandLine?.Length; i++)
        {
            var c = commandLine[i];
            if (c == '\\' && i + 1 < commandLine.Length && commandLine[i + 1] == '"')
                word.Append(commandLine[++i]);
            else if (c == '"')
                (quoted, begun) = (!quoted, true);
            else if (quoted || !char.IsWhiteSpace(c))
                word.Append(c);
            else if (begun || word.Length > 0)
                yield return End();
        }

        if (begun || word.Length > 0)
            yield return End();

        string End()
        {
            var text = word.ToString();
            word.Clear();
            begun = false;
            return text;
        }
    }

    private sealed record Settings(OrderedDictionary<string, LaunchProfile>? Profiles);
}
