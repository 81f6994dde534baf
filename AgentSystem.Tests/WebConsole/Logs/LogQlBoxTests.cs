using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Logs;
using Bunit;

namespace AgentSystem.Tests.WebConsole.Logs;

/// <summary>Who writes faster than Loki answers.</summary>
public sealed class LogQlBoxTests : IDisposable
{
    private readonly ConsoleComponents _console = new();
    private readonly TaskCompletionSource _answer = new();
    private readonly BunitJSModuleInterop _script;
    private readonly IRenderedComponent<LogQlBox> _box;

    public LogQlBoxTests()
    {
        _script = _console.JSInterop.SetupModule("./Logs/LogQlBox.razor.js");
        _script.Mode = JSRuntimeMode.Loose;
        _console.Backends.Answer(Backend.Loki, "/loki/api/v1/label/service_name/values", """{"status":"success","data":["alerting","orchestrator"]}""");
        _console.Backends.Answer(Backend.Loki, "/loki/api/v1/label/level/values", """{"status":"success","data":["info"]}""");
        _box = _console.Render<LogQlBox>(parameters => parameters.Add(box => box.Query, ""));
    }

    public void Dispose() => _console.Dispose();

    [Fact]
    public async Task What_is_accepted_replaces_what_was_written_since_it_was_offered()
    {
        await WriteAsync("{service_name=\"or");
        _console.Backends.Held = _answer.Task;
        var writing = WriteAsync("{service_name=\"orch");

        var accepting = PressAsync("Tab");
        _answer.SetResult();
        await Task.WhenAll(writing, accepting);

        var text = "{service_name=\"orch";
        Assert.Equal([text, text.IndexOf('o', 12), text.Length, "orchestrator\""], Assert.Single(_script.Invocations["place"]).Arguments.Skip(1));
    }

    [Fact]
    public async Task What_was_offered_for_something_else_is_not_accepted()
    {
        await WriteAsync("{service_name=\"or");
        _console.Backends.Held = _answer.Task;
        var writing = WriteAsync("{service_name=\"or\", level=\"");

        await PressAsync("Tab");
        _answer.SetResult();
        await writing;

        Assert.Empty(_script.Invocations["place"]);
        Assert.Equal("info", _box.Find("[role=option]").TextContent);
    }

    [Fact]
    public async Task What_is_chosen_while_more_names_are_on_their_way_stays_chosen()
    {
        await WriteAsync("{service_name=\"");
        _console.Backends.Held = _answer.Task;
        var writing = WriteAsync("{service_name=\"o");

        await PressAsync("ArrowUp");
        Assert.Equal("orchestrator", Chosen());
        _answer.SetResult();
        await writing;

        Assert.Equal("orchestrator", Chosen());
        await WriteAsync("{service_name=\"or");
        Assert.Empty(_box.FindAll("[aria-selected=true]"));
    }

    private string Chosen() => _box.Find("[aria-selected=true]").TextContent;

    private Task WriteAsync(string text) => _box.InvokeAsync(() => _box.Instance.WriteAsync(text, text.Length, isAsked: false));

    private Task PressAsync(string key) => _box.InvokeAsync(() => _box.Instance.PressAsync(key));
}
