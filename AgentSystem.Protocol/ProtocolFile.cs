using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace AgentSystem.Protocol;

/// <summary>A file of the shared volume that cannot be used.</summary>
/// <param name="reason">A stable, low-cardinality name such as <c>not_json</c>.</param>
/// <param name="detail">For people: what is wrong with it and what to do.</param>
public sealed class ProtocolFileException(string reason, string detail) : Exception($"{reason}: {detail}")
{
    /// <summary>A stable, low-cardinality name such as <c>not_json</c>.</summary>
    public string Reason { get; } = reason;

    /// <summary>For people: what is wrong with it and what to do.</summary>
    public string Detail { get; } = detail;
}

/// <summary>Reads and writes task and result files, and moves aside what is neither.</summary>
public static class ProtocolFile
{
    /// <summary>Reads <c>tasks/&lt;worker&gt;/&lt;id&gt;.json</c> or its claimed form.</summary>
    /// <exception cref="ProtocolFileException">It is not a task file for this worker and name.</exception>
    /// <exception cref="FileNotFoundException">Somebody else has taken it.</exception>
    public static AgentTask ReadTask(string path, string worker)
    {
        var task = Read(path, ProtocolLimits.TaskFileBytes, ProtocolJson.Default.AgentTask);
        RequireVersion(task.Version);
        RequireName(path, task.Id);
        if (task.Worker != worker)
            throw new ProtocolFileException("wrong_worker", $"the task is for '{task.Worker}' but lies in the folder of '{worker}'");
        if (string.IsNullOrWhiteSpace(task.Type))
            throw new ProtocolFileException("invalid_field", "type must not be empty");
        if (task.Attempt < 1 || task.MaxAttempts < 1)
            throw new ProtocolFileException("invalid_field", "attempt and max_attempts must be at least 1");
        if (task.Payload.ValueKind != JsonValueKind.Object)
            throw new ProtocolFileException("invalid_field", "payload must be a JSON object");
        return task;
    }

    /// <summary>Reads <c>results/&lt;id&gt;.json</c>.</summary>
    /// <exception cref="ProtocolFileException">It is not a result file of this name.</exception>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    public static TaskResult ReadResult(string path)
    {
        var result = Read(path, ProtocolLimits.ResultFileBytes, ProtocolJson.Default.TaskResult);
        RequireVersion(result.Version);
        RequireName(path, result.Id);
        if (result.Attempt < 1)
            throw new ProtocolFileException("invalid_field", "attempt must be at least 1");
        if (result.Status == ResultStatus.Failed && result.Error is null)
            throw new ProtocolFileException("invalid_field", "a failed result needs an error");
        return result;
    }

    /// <summary>Reads any file of the protocol without following links or waiting for pipes.</summary>
    /// <exception cref="ProtocolFileException">It is not a file of this kind.</exception>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    public static T Read<T>(string path, int maxBytes, JsonTypeInfo<T> type)
    {
        var utf8 = ReadBytes(path, maxBytes, "put large input in a file of its own and name it in the payload");
        if (utf8.Length == 0)
            throw new ProtocolFileException("empty", "the file has no content");
        if (!Utf8.IsValid(utf8))
            throw new ProtocolFileException("not_utf8", "the file is not UTF-8 text");
        if (!JsonText.IsWhole(utf8))
            throw new ProtocolFileException("not_text", JsonText.Problem);
        try
        {
            return JsonSerializer.Deserialize(utf8, type) ?? throw new ProtocolFileException("not_an_object", "the file holds null");
        }
        catch (JsonException e)
        {
            throw Diagnose(utf8, e, type);
        }
    }

    /// <summary>Encodes and publishes a file by rename.</summary>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type) =>
        SharedVolume.Publish(path, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>
    /// Moves what lies at <paramref name="path"/> (file, link or folder) to quarantine and writes its reason beside it.
    /// Nothing is deleted. Returns the reason file's content, or null when the entry is gone.
    /// </summary>
    public static QuarantineReason? Quarantine(
        SharedVolume volume, string path, ProtocolFileException error, string by, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var name = QuarantineName(Path.GetFileName(path), now);
        var target = Path.Combine(volume.QuarantineDir, name);
        try
        {
            // Either call renames the entry itself; .NET takes a link to a folder for a folder.
            if (File.GetAttributes(path).HasFlag(FileAttributes.Directory))
                Directory.Move(path, target);
            else
                File.Move(path, target);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        var reason = new QuarantineReason(name, Path.GetRelativePath(volume.Root, path), error.Reason, error.Detail, now, by);
        File.WriteAllBytes(target + ".reason.json", JsonSerializer.SerializeToUtf8Bytes(reason, ProtocolJson.Default.QuarantineReason));
        return reason;
    }

    /// <summary>Reads a regular file whole, without following links or waiting for pipes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The most that is read.</param>
    /// <param name="remedy">For people: what to do when it is larger.</param>
    /// <exception cref="ProtocolFileException">It is something else, or larger than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    public static byte[] ReadBytes(string path, int maxBytes, string remedy)
    {
        using var handle = Posix.OpenRegularFile(path);
        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        if (!stream.CanSeek)
            throw new ProtocolFileException("not_a_file", "this is a pipe or device; put a regular file here");
        if (stream.Length > maxBytes)
            throw new ProtocolFileException("too_large", $"{stream.Length:N0} bytes; at most {maxBytes:N0} are read; {remedy}");
        var bytes = new byte[stream.Length];
        return bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).ToArray();
    }

    /// <summary>Begins with the old name, cut so that the reason's name fits beside it, and is never given twice.</summary>
    private static string QuarantineName(string name, DateTimeOffset now)
    {
        const int longest = 200; // bytes, of the 255 that a file name may have
        while (Encoding.UTF8.GetByteCount(name) > longest)
            name = name[..^1];
        return $"{name}.{TaskId.New(now)}";
    }

    /// <summary>A file of a newer version fails on its fields first; its version is what its writer has to hear about.</summary>
    private static ProtocolFileException Diagnose<T>(byte[] utf8, JsonException error, JsonTypeInfo<T> type)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return new("not_an_object", $"the file holds a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}, not an object");
            if (document.RootElement.TryGetProperty("v", out var v) && v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out var version) && version != ProtocolLimits.Version)
                return UnknownVersion(version);
            var missing = type.Properties.Where(p => p.IsRequired && !document.RootElement.TryGetProperty(p.Name, out _)).Select(p => p.Name).ToList();
            return new("invalid_field", missing.Count > 0 ? $"missing: {string.Join(", ", missing)}" : error.Message);
        }
        catch (JsonException)
        {
            return new("not_json", $"truncated or malformed JSON: {error.Message}");
        }
    }

    private static void RequireVersion(int version)
    {
        if (version != ProtocolLimits.Version)
            throw UnknownVersion(version);
    }

    private static void RequireName(string path, string id)
    {
        if (!TaskId.IsValid(id))
            throw new ProtocolFileException("invalid_id", "the id must be 1 to 64 letters, digits, '-' or '_', starting with a letter or digit");
        if (Path.GetFileName(path) != id + ".json")
            throw new ProtocolFileException("name_mismatch", $"the id is '{id}', so the file's name has to be '{id}.json'");
    }

    private static ProtocolFileException UnknownVersion(int version) =>
        new("unknown_version", $"version {version}; this reader knows version {ProtocolLimits.Version}. Upgrade it, or write the older version");
}
