using AgentSystem.WebConsole;
using AgentSystem.WebConsole.Navigation;
using AgentSystem.WebConsole.Shared;

namespace AgentSystem.Tests.WebConsole;

public sealed class NavigationTests
{
    [Fact]
    public void Pages_say_of_themselves_that_they_are_in_the_navigation()
    {
        var entries = NavigationEntries.In(typeof(WebConsoleExtensions).Assembly).All;

        Assert.Equal(("Overview", "/", 'o'), (entries[0].Title, entries[0].Path, entries[0].Key));
        Assert.Contains(entries, entry => entry is { Title: "Tasks", Path: "/tasks", Key: 't' });
        Assert.Equal(entries.Count, entries.Select(entry => entry.Order).Distinct().Count());
    }

    [Theory]
    [InlineData(" 0AF7651916CD43DD8448EB211C80319C ", "/traces/0af7651916cd43dd8448eb211c80319c")]
    [InlineData("01M86V02AKXZNR056XN3Z899RF", "/tasks/01M86V02AKXZNR056XN3Z899RF")]
    [InlineData("../secret", null)]
    [InlineData("", null)]
    public void An_id_leads_to_its_page(string text, string? target) => Assert.Equal(target, SearchTarget.Of(text));
}
