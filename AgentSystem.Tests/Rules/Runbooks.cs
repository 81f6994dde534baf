using System.Text.RegularExpressions;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Rules;

/// <summary>The pages of <c>runbooks/</c>, as they are written.</summary>
internal static partial class Runbooks
{
    public static readonly string Folder = Path.Combine(Repository.Root, "runbooks");

    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetFiles(Folder, "*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    /// <summary>The lines of a page's blocks of commands.</summary>
    public static IReadOnlyList<string> Commands(string name) =>
        [.. Block().Matches(Text(name)).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>What the pages ask Prometheus.</summary>
    public static IEnumerable<string> Queries =>
        Names.SelectMany(Commands).Select(command => Query().Match(command)).Where(match => match.Success).Select(match => match.Groups[1].Value);

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name + ".md"));

    [GeneratedRegex("```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^promtool query instant \"\\$PROMETHEUS\" '([^']+)'$")]
    private static partial Regex Query();
}
