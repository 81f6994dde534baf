using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Formatting;
using AgentSystem.WebConsole.Overview;

namespace AgentSystem.Tests.WebConsole.Overview;

public sealed class TopologyTests
{
    private static readonly WorkerView[] Workers =
    [
        Worker("anga", alive: true, active: 2), Worker("fabien", alive: false), Worker("marie", alive: true),
    ];

    [Fact]
    public void Everybody_who_is_there_is_in_the_picture_with_their_state()
    {
        var picture = Topology.Of(Facts() with { Up = new Dictionary<string, bool> { ["telemetry-store"] = true, ["alerting"] = false } });

        Assert.Equal(
            [("you", Tone.Off), ("orchestrator", Tone.Good), ("anga", Tone.Busy), ("fabien", Tone.Bad), ("marie", Tone.Good), ("prometheus", Tone.Good),
                ("alertmanager", Tone.Good), ("telemetry-store", Tone.Good), ("alerting", Tone.Bad)],
            picture.Nodes.Select(node => (node.Name, node.Tone)));
        Assert.Equal("1 of 2 jobs up", picture.Nodes.Single(node => node.Name == "prometheus").Detail);
        Assert.Contains(picture.Edges, edge => edge is { From: "orchestrator", To: "anga", IsWork: true });
        Assert.DoesNotContain(picture.Edges, edge => edge.To is "jaeger" or "otel-collector");
    }

    [Fact]
    public void Who_does_not_answer_is_down_and_the_rest_is_drawn()
    {
        var picture = Topology.Of(new(null, true, null, true, null, true));

        Assert.Equal([("You", Tone.Off), ("Orchestrator", Tone.Bad), ("Prometheus", Tone.Bad), ("Alertmanager", Tone.Bad)], picture.Nodes.Select(node => (node.Title, node.Tone)));
    }

    [Fact]
    public void What_is_not_known_yet_is_not_called_healthy() =>
        Assert.All(Topology.Of(new(null, false, null, false, null, false)).Nodes.Skip(1), node => Assert.Equal("Unknown", node.State));

    public static TheoryData<bool, string[]> Pictures => new()
    {
        { true, [] }, { true, ["telemetry-store", "alerting"] }, { true, ["otel-collector", "jaeger", "loki", "alerting", "grafana"] },
        { false, [] }, { false, ["telemetry-store", "alerting"] }, { false, ["otel-collector", "jaeger", "loki", "alerting", "grafana"] },
    };

    [Theory]
    [MemberData(nameof(Pictures))]
    public void No_two_boxes_overlap_and_all_are_within_the_picture(bool isWide, string[] there)
    {
        var picture = Topology.Of(Facts() with { Up = there.ToDictionary(name => name, _ => true) });
        var layout = isWide ? TopologyLayout.Wide(picture) : TopologyLayout.Narrow(picture);

        var boxes = picture.Nodes.Select(node => layout[node.Name]).ToList();
        foreach (var (box, i) in boxes.Select((box, i) => (box, i)))
        {
            Assert.True(box.X >= 0 && box.Y >= 0 && box.X + box.Width <= layout.Width && box.Y + box.Height <= layout.Height);
            Assert.DoesNotContain(boxes.Skip(i + 1), other =>
                box.X < other.X + other.Width && other.X < box.X + box.Width && box.Y < other.Y + other.Height && other.Y < box.Y + box.Height);
        }
        Assert.True(isWide || layout.Width <= 340, $"{layout.Width}");
        Assert.All(picture.Edges, edge => Assert.StartsWith("M", layout.Path(edge), StringComparison.Ordinal));
    }

    private static TopologyFacts Facts() => new(Workers, false, new Dictionary<string, bool>(), false, 0, false);

    private static WorkerView Worker(string name, bool alive, int active = 0) => new(
        name, alive, alive ? [new WorkerHeartbeat(name, "1", 1, default, default, 4, active, false, ["*"], null)] : [], 0, 3, active);
}
