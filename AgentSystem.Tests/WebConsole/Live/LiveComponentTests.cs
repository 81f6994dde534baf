using AgentSystem.Tests.Support;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Live;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.WebConsole.Live;

public sealed class LiveComponentTests : IDisposable
{
    private readonly BunitContext _browser = new();

    public LiveComponentTests()
    {
        _browser.Services.AddSingleton<TimeProvider>(new FakeTimeProvider());
        _browser.Services.AddSingleton<IHostApplicationLifetime>(new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance));
        _browser.Services.AddLogging();
        _browser.Services.AddSingleton<SharedPolls>();
    }

    public void Dispose() => _browser.Dispose();

    [Fact]
    public void Who_goes_back_to_a_question_has_its_answer_at_once()
    {
        var page = _browser.Render<Page>(parameters => parameters.Add(p => p.Question, "first"));
        page.WaitForAssertion(() => Assert.Equal("first", page.Markup));
        page.Render(parameters => parameters.Add(p => p.Question, "second"));
        page.WaitForAssertion(() => Assert.Equal("second", page.Markup));

        page.Render(parameters => parameters.Add(p => p.Question, "first"));

        Assert.Equal("first", page.Markup);
    }

    [Fact]
    public async Task A_page_that_is_left_watches_nothing()
    {
        var polls = _browser.Services.GetRequiredService<SharedPolls>();
        var page = _browser.Render<Page>(parameters => parameters.Add(p => p.Question, "first"));
        page.WaitForAssertion(() => Assert.Equal("first", page.Markup));

        await _browser.DisposeComponentsAsync();

        var time = (FakeTimeProvider)_browser.Services.GetRequiredService<TimeProvider>();
        await Eventually.True(() =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return polls.Count == 0;
        });
    }

    [Theory]
    [InlineData("asks")]
    [InlineData("takes")]
    public async Task A_page_that_fails_when_it_asks_or_takes_in_an_answer_breaks_where_people_see_it(string when)
    {
        _browser.Render<BrokenPage>(parameters => parameters.Add(p => p.When, when));

        var error = await _browser.Renderer.UnhandledException.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Contains($"a mistake when it {when}", error.ToString(), StringComparison.Ordinal);
    }

    private sealed class BrokenPage : LiveComponent
    {
        [Parameter]
        public string When { get; set; } = "";

        protected override void OnInitialized() => Watch<string>(
            "answer", "broken", TimeSpan.FromSeconds(5),
            _ => When == "asks" ? throw Mistake() : Task.FromResult<Answer<string>>("answer"),
            _ => throw Mistake());

        private FormatException Mistake() => new($"a mistake when it {When}");
    }

    private sealed class Page : LiveComponent
    {
        private Live<string> _answer = new();

        [Parameter]
        public string Question { get; set; } = "";

        protected override void OnParametersSet()
        {
            var question = Question;
            Watch("answer", question, TimeSpan.FromSeconds(5), _ => Task.FromResult<Answer<string>>(question), live => _answer = live);
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, _answer.Value);
    }
}
