using System.Text.RegularExpressions;
using AgentSystem.Tests.Support;
using YamlDotNet.Serialization;

namespace AgentSystem.Tests.Rules;

/// <summary>An alert as its file says it.</summary>
internal sealed record AlertRule(
    string Name, string Expression, string? For, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
{
    public string Severity => Labels.GetValueOrDefault("severity", "");

    public string Team => Labels.GetValueOrDefault("team", "");
}

/// <summary>What a promtool test expects of an alert at a time: the labels of those that fire.</summary>
internal sealed record Expectation(string Alert, TimeSpan At, IReadOnlyList<IReadOnlyDictionary<string, string>> Firing);

/// <summary>A promtool test.</summary>
internal sealed record RuleTest(string Name, IReadOnlyList<string> Series, IReadOnlyList<Expectation> Expectations);

/// <summary>The rules of <c>infra/prometheus/</c> and their tests, as they are written.</summary>
internal static partial class RuleFiles
{
    public static readonly string Folder = Path.Combine(Repository.Root, "infra", "prometheus");

    /// <summary>The alert that always fires.</summary>
    public const string Watchdog = "Watchdog";

    public static IReadOnlyList<string> Files { get; } = In("rules");

    public static IReadOnlyList<string> TestFiles { get; } = In("tests");

    public static IReadOnlyList<AlertRule> Alerts { get; } = [.. Files.SelectMany(Rules).Where(rule => rule.ContainsKey("alert"))
        .Select(rule => new AlertRule((string)rule["alert"], (string)rule["expr"], rule.GetValueOrDefault("for") as string, Strings(rule, "labels"), Strings(rule, "annotations")))];

    /// <summary>Names of the recorded series with their expressions.</summary>
    public static IReadOnlyDictionary<string, string> Recordings { get; } =
        Files.SelectMany(Rules).Where(rule => rule.ContainsKey("record")).ToDictionary(rule => (string)rule["record"], rule => (string)rule["expr"]);

    public static IReadOnlyList<RuleTest> Tests { get; } = [.. TestFiles.SelectMany(file => List(Read(file), "tests")).Select(test => new RuleTest(
        (string)test["name"],
        [.. List(test, "input_series").Select(series => (string)series["series"])],
        [.. List(test, "promql_expr_test").Where(expectation => ((string)expectation["expr"]).StartsWith("ALERTS{", StringComparison.Ordinal)).Select(ReadExpectation)]))];

    /// <summary>The labels with which an alert fires in its test.</summary>
    public static IReadOnlyDictionary<string, string> FiringLabels(AlertRule alert) =>
        Tests.SelectMany(test => test.Expectations).First(expectation => expectation.Alert == alert.Name && expectation.Firing.Count > 0).Firing[0];

    public static Dictionary<string, object> Read(string file) => new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(File.ReadAllText(file));

    /// <summary>The mappings of a sequence; none where there is no such key.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, object>> List(IReadOnlyDictionary<string, object> node, string key) =>
        node.TryGetValue(key, out var value) && value is List<object> list ? list.Cast<Dictionary<object, object>>().Select(Map) : [];

    private static Dictionary<string, object> Map(Dictionary<object, object> node) => node.ToDictionary(pair => (string)pair.Key, pair => pair.Value);

    private static IEnumerable<IReadOnlyDictionary<string, object>> Rules(string file) => List(Read(file), "groups").SelectMany(group => List(group, "rules"));

    private static Dictionary<string, string> Strings(IReadOnlyDictionary<string, object> node, string key) =>
        node.TryGetValue(key, out var value) && value is Dictionary<object, object> map ? map.ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value) : [];

    private static Expectation ReadExpectation(IReadOnlyDictionary<string, object> test) => new(
        LabelsOf((string)test["expr"])["alertname"],
        Duration().Matches((string)test["eval_time"]).Aggregate(TimeSpan.Zero, (sum, part) => sum + double.Parse(part.Groups[1].Value, null) * part.Groups[2].Value switch
        {
            "h" => TimeSpan.FromHours(1),
            "m" => TimeSpan.FromMinutes(1),
            _ => TimeSpan.FromSeconds(1),
        }),
        [.. List(test, "exp_samples").Select(sample => LabelsOf((string)sample["labels"]))]);

    private static Dictionary<string, string> LabelsOf(string selector) =>
        Label().Matches(selector).Where(label => label.Groups[1].Value != "alertstate").ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value);

    private static IReadOnlyList<string> In(string folder) => [.. Directory.GetFiles(Path.Combine(Folder, folder), "*.yml").Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"(\d+)([hms])")]
    private static partial Regex Duration();

    [GeneratedRegex(@"(\w+)=""([^""]*)""")]
    private static partial Regex Label();
}
