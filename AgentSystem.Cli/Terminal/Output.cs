using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentSystem.Protocol.Api;
using Spectre.Console;

namespace AgentSystem.Cli.Terminal;

/// <summary>
/// Where a command's words go: results to standard output (tables for people, JSON for programs, never both), everything else to standard error.
/// </summary>
internal sealed class Output
{
    /// <summary>No table of ours is wider; a pipe has no width to fit into.</summary>
    private const int PipeWidth = 1000;

    private readonly CliHost _host;

    public Output(CliHost host, bool json)
    {
        _host = host;
        Json = json;
        Screen = Open(host, host.Out, host.OutIsTerminal);
        Messages = Open(host, host.Error, host.ErrorIsTerminal);
    }

    /// <summary>Whether standard output is for a program.</summary>
    public bool Json { get; }

    /// <summary>Standard output, when it is for people.</summary>
    public IAnsiConsole Screen { get; }

    /// <summary>Standard error.</summary>
    public IAnsiConsole Messages { get; }

    /// <summary>Whether a display may redraw itself on standard output.</summary>
    public bool IsLive => !Json && _host.OutIsTerminal && Screen.Profile.Capabilities.Ansi;

    /// <summary>The command's result as one JSON document.</summary>
    public void Document<T>(T value, Func<ApiJson, JsonTypeInfo<T>> type) =>
        _host.Out.WriteLine(JsonSerializer.Serialize(value, type(Indented)));

    /// <summary>One of several results as one line of JSON, visible at once.</summary>
    public void JsonLine<T>(T value, Func<ApiJson, JsonTypeInfo<T>> type)
    {
        _host.Out.WriteLine(JsonSerializer.Serialize(value, type(Compact)));
        _host.Out.Flush();
    }

    /// <summary>A line of text among the results.</summary>
    public void Line(string text)
    {
        _host.Out.WriteLine(Format.Printable(text));
        _host.Out.Flush();
    }

    /// <summary>Something to know that is not a result.</summary>
    public void Note(string text) => _host.Error.WriteLine(Format.Printable(text));

    /// <summary>JSON as people read it.</summary>
    public static string Pretty(JsonElement value) => JsonSerializer.Serialize(value, Indented.JsonElement);

    private static ApiJson Indented { get; } = Readable(indented: true);

    private static ApiJson Compact { get; } = Readable(indented: false);

    private static ApiJson Readable(bool indented) => new(new JsonSerializerOptions(ApiJson.Default.Options)
    {
        // The output goes to a terminal or a JSON parser, never into HTML: names stay readable. Control characters are escaped all the same.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
    });

    private static IAnsiConsole Open(CliHost host, TextWriter writer, bool terminal)
    {
        var ansi = terminal && host.Variable("TERM") is not "dumb";
        var colour = ansi && string.IsNullOrEmpty(host.Variable("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = ansi ? InteractionSupport.Yes : InteractionSupport.No,
        });
        if (!terminal)
            console.Profile.Width = PipeWidth;
        return console;
    }
}
