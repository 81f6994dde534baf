using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Submission;

/// <summary>Turns what the command line names (files, folders, standard input) into tasks.</summary>
internal sealed class SubmissionReader(Func<Stream> openInput, Action<string> note)
{
    /// <summary>The argument that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Enough to tell text from an image, a program or an archive.</summary>
    private const int SampleBytes = 8192;

    /// <summary>One task per text file, or one for a text on standard input. Links and hidden files inside folders are passed over.</summary>
    /// <exception cref="CliException">Something named is not there or is no text.</exception>
    public IReadOnlyList<NamedSubmission> ReadDocuments(IReadOnlyList<string> inputs)
    {
        var tasks = new List<NamedSubmission>();
        foreach (var input in inputs)
        {
            if (input == StandardInput)
                tasks.Add(Text(ReadText()));
            else if (Directory.Exists(input))
                tasks.AddRange(Folder(input));
            else
                tasks.Add(Document(input));
        }
        return tasks;
    }

    /// <summary>Tasks that are written as JSON already: one object, or an array of them, as <c>POST /tasks</c> takes it.</summary>
    /// <exception cref="CliException">Something named is not there or is no such JSON.</exception>
    public IReadOnlyList<NamedSubmission> ReadJson(IReadOnlyList<string> inputs) => [.. inputs.SelectMany(input =>
    {
        var name = input == StandardInput ? "standard input" : input;
        return ParseJson(name, input == StandardInput ? ReadInput(int.MaxValue) : ReadFile(input));
    })];

    private List<NamedSubmission> Folder(string folder)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint | FileAttributes.System,
            IgnoreInaccessible = true,
        };
        var tasks = new List<NamedSubmission>();
        var skipped = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*", options).Order(StringComparer.Ordinal))
        {
            if (LooksLikeText(path))
                tasks.Add(Document(path));
            else
                skipped++;
        }
        if (skipped > 0)
            note($"{folder}: {Format.Count(skipped, "file")} passed over (empty, no text, or not readable).");
        if (tasks.Count == 0)
            throw new CliException(ExitCode.Usage, $"{folder} holds no text files.", "Hidden files and links are passed over; name a file to submit it anyway.");
        return tasks;
    }

    private static NamedSubmission Document(string path)
    {
        if (!File.Exists(path))
            throw new CliException(ExitCode.Usage, $"there is no file or folder {path}.", "'-' reads a text from standard input.");
        if (!LooksLikeText(path))
            throw new CliException(ExitCode.Usage, $"{path} is empty or no text, or cannot be read.", "The agents read UTF-8 text; convert the file first.");
        return new(path, new TaskSubmission { Payload = Payload("path", Path.GetFullPath(path)) });
    }

    private static NamedSubmission Text(string text) => new("standard input", new TaskSubmission { Payload = Payload("text", text) });

    private string ReadText()
    {
        // Quotes and line ends grow when they are escaped, so that the server may still refuse a text just below the limit.
        var utf8 = ReadInput(ProtocolLimits.TaskFileBytes);
        if (utf8.Length == 0)
            throw new CliException(ExitCode.Usage, "standard input was empty.");
        if (!Utf8.IsValid(utf8))
            throw new CliException(ExitCode.Usage, "standard input is not UTF-8 text.");
        return System.Text.Encoding.UTF8.GetString(utf8);
    }

    private byte[] ReadInput(int maxBytes)
    {
        using var input = openInput();
        using var memory = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = input.Read(buffer)) > 0;)
        {
            memory.Write(buffer, 0, read);
            if (memory.Length > maxBytes)
                throw new CliException(ExitCode.Usage, $"standard input is longer than {maxBytes:N0} bytes.", "Put the text in a file and submit the file.");
        }
        return memory.ToArray();
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"{path} cannot be read: {e.Message}");
        }
    }

    private static IEnumerable<NamedSubmission> ParseJson(string name, byte[] utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                return [new(name, Deserialize(document.RootElement))];
            return [.. document.RootElement.EnumerateArray().Select((task, i) => new NamedSubmission($"{name} [{i}]", Deserialize(task)))];
        }
        catch (JsonException e)
        {
            throw new CliException(ExitCode.Usage, $"{name} is not a task or an array of tasks: {e.Message}",
                """A task looks like {"type":"document_analysis","payload":{"text":"…"}}.""");
        }
    }

    private static TaskSubmission Deserialize(JsonElement task) =>
        task.Deserialize(ApiJson.Default.TaskSubmission) ?? throw new JsonException("null is not a task");

    private static JsonElement Payload(string name, string value)
    {
        using var document = JsonDocument.Parse(new JsonObject { [name] = value }.ToJsonString());
        return document.RootElement.Clone();
    }

    private static bool LooksLikeText(string path)
    {
        try
        {
            // A pipe or a device has no length, and opening it could wait for ever.
            if (new FileInfo(path).Length == 0)
                return false;
            using var stream = File.OpenRead(path);
            Span<byte> sample = stackalloc byte[SampleBytes];
            sample = sample[..stream.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false)];
            return sample.Length > 0 && !sample.Contains((byte)0) && Utf8.IsValid(WholeCharacters(sample));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Leaves out a character that the end of the sample cut in two.</summary>
    private static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> sample)
    {
        if (sample.Length < SampleBytes)
            return sample;
        var end = sample.Length;
        while (end > sample.Length - 4 && (sample[end - 1] & 0xC0) == 0x80)
            end--;
        return sample[end - 1] >= 0xC0 ? sample[..(end - 1)] : sample;
    }
}
