using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Formatting;
using AgentSystem.WebConsole.Resources;

namespace AgentSystem.Tests.WebConsole.Resources;

public sealed class ResourceListTests
{
    private static readonly Resource[] All =
    [
        Make("marie", "b"), Make("marie", "a"), Make("orchestrator", "c"), Make("hidden", "d") with { Hidden = true }, Make("api-key", "") with { Id = "api-key", Type = "Parameter" },
    ];

    [Fact]
    public void Processes_are_listed_in_order_without_what_is_hidden()
    {
        Assert.Equal(["marie-a", "marie-b", "orchestrator-c"], ResourceList.Processes(All).Select(resource => resource.Id));
        Assert.Equal(["api-key"], ResourceList.Parameters(All).Select(resource => resource.Id));
    }

    [Theory]
    [InlineData("MARIE", 2)]
    [InlineData("running", 3)]
    [InlineData(" orchestrator-c ", 1)]
    [InlineData("127.0.0.1", 3)]
    [InlineData("nothing", 0)]
    public void A_text_finds_names_states_and_addresses(string text, int found) => Assert.Equal(found, ResourceList.Processes(All, text).Count);

    [Fact]
    public void A_name_leads_to_a_page_where_only_one_has_it()
    {
        Assert.Equal("orchestrator-c", ResourceList.Find(All, "orchestrator")?.Id);
        Assert.Equal("marie-a", ResourceList.Find(All, "marie-A")?.Id);
        Assert.Null(ResourceList.Find(All, "marie"));
        Assert.Equal(("/resources/orchestrator", "/resources/marie-a"), (ResourceList.PathOf(All[2], All), ResourceList.PathOf(All[1], All)));
    }

    [Theory]
    [InlineData("Running", "healthy", null, "Running", Tone.Good)]
    [InlineData("Running", "degraded", null, "Degraded", Tone.Warning)]
    [InlineData("Running", "unhealthy", null, "Unhealthy", Tone.Bad)]
    [InlineData("Finished", null, 0, "Finished", Tone.Off)]
    [InlineData("Finished", null, 7, "Finished with code 7", Tone.Bad)]
    [InlineData("FailedToStart", null, null, "Failed to start", Tone.Bad)]
    [InlineData("Waiting", null, null, "Waiting", Tone.Waiting)]
    [InlineData(null, null, null, "Unknown", Tone.Waiting)]
    public void A_state_is_one_word_with_a_meaning(string? state, string? health, int? exitCode, string text, Tone tone) =>
        Assert.Equal(new ResourceState(text, tone), ResourceState.Of(Make("x", "y") with { State = state, Health = health, ExitCode = exitCode }));

    [Theory]
    [InlineData("NativeBackend", "Native backend")]
    [InlineData("Project", "Project")]
    [InlineData("", "")]
    public void A_type_is_told_in_words(string type, string text) => Assert.Equal(text, ResourceList.TypeText(type));

    [Fact]
    public void Who_was_not_asked_yet_is_still_starting() =>
        Assert.Equal("Starting", ResourceState.Of(Make("x", "y") with { Health = "unhealthy", HealthReports = [new("check", null, null, null, null)] }).Text);

    private static Resource Make(string name, string suffix) => new(
        $"{name}-{suffix}", name, "Project", "Running", "healthy", null, Hidden: false, null, null, null, [], [new("http", "http://127.0.0.1:1", null, Internal: false)], [], [], [], []);
}
