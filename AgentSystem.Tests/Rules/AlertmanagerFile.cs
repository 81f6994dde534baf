using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Rules;

/// <summary>A rule by which one alert silences others.</summary>
internal sealed record InhibitRule(IReadOnlyList<string> Sources, IReadOnlyList<string> Targets, IReadOnlyList<string> Equal);

/// <summary><c>infra/alertmanager/alertmanager.yml</c>, as it is written.</summary>
internal static class AlertmanagerFile
{
    public static readonly string Path = System.IO.Path.Combine(Repository.Root, "infra", "alertmanager", "alertmanager.yml");

    private static readonly Dictionary<string, object> Root = RuleFiles.Read(Path);

    public static IReadOnlyList<InhibitRule> InhibitRules { get; } = [.. RuleFiles.List(Root, "inhibit_rules")
        .Select(rule => new InhibitRule(Texts(rule, "source_matchers"), Texts(rule, "target_matchers"), Texts(rule, "equal")))];

    public static IReadOnlyList<IReadOnlyDictionary<string, object>> Receivers { get; } = [.. RuleFiles.List(Root, "receivers")];

    public static IReadOnlyList<IReadOnlyDictionary<string, object>> Routes { get; } =
        [.. RuleFiles.List(((Dictionary<object, object>)Root["route"]).ToDictionary(pair => (string)pair.Key, pair => pair.Value), "routes")];

    public static IReadOnlyList<string> Texts(IReadOnlyDictionary<string, object> node, string key) =>
        node.TryGetValue(key, out var value) ? [.. ((List<object>)value).Cast<string>()] : [];

    /// <summary>The name pattern among matchers: what stands behind <c>alertname=</c> or <c>alertname=~</c>.</summary>
    public static string NamePattern(IReadOnlyList<string> matchers) =>
        matchers.Single(matcher => matcher.StartsWith("alertname=", StringComparison.Ordinal)).Split('"')[1];
}
