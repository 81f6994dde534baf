using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AgentSystem.Protocol;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents;

/// <summary>Reads the document that a payload holds or names, within the allowed roots only.</summary>
public sealed class DocumentReader(IOptions<AgentOptions> options)
{
    private readonly AgentOptions _options = options.Value;

    /// <summary>The payload's <c>text</c>, or the file at its <c>path</c>.</summary>
    /// <exception cref="AgentException">
    /// <c>invalid_payload</c>, <c>path_outside_roots</c>, <c>file_not_found</c>, <c>not_a_file</c>, <c>not_text</c>, <c>too_large</c> or
    /// <c>unreadable</c>; none is worth another attempt.
    /// </exception>
    public Document Read(JsonElement payload)
    {
        var path = Text(payload, "path");
        var text = Text(payload, "text");
        return (path, text) switch
        {
            ({ Length: > 0 }, null) => ReadFile(path),
            (null, not null) => new Document(null, text, Encoding.UTF8.GetByteCount(text)),
            _ => throw new AgentException("invalid_payload", "The payload needs either \"path\", a file to read, or \"text\", the text itself."),
        };
    }

    private Document ReadFile(string path)
    {
        var file = Locate(path);
        var bytes = ReadBytes(path, file);
        ReadOnlySpan<byte> content = bytes;
        if (content.StartsWith(Encoding.UTF8.Preamble))
            content = content[Encoding.UTF8.Preamble.Length..];
        if (!Utf8.IsValid(content) || content.Contains((byte)0))
            throw new AgentException("not_text", $"{path} is not UTF-8 text. Convert it first, for example with iconv.");
        return new Document(file, Encoding.UTF8.GetString(content), bytes.Length);
    }

    /// <summary>The file's real path, with every link on the way resolved, if that lies in an allowed root.</summary>
    private string Locate(string path)
    {
        var roots = new AllowedRoots(_options.AllowedRoots);
        if (roots.Named.Count == 0)
            throw new AgentException("path_outside_roots", "No folder is allowed to this worker. Name some in Agents__AllowedRoots, or send the text itself as \"text\".");
        if (path.Contains('\0'))
            throw new AgentException("invalid_payload", "The path contains a NUL character.");

        // A relative path counts from each root in turn.
        var candidates = Path.IsPathRooted(path) ? [path] : roots.Real.Select(r => Path.Combine(r, path));
        var outside = false;
        foreach (var candidate in candidates.Select(Path.GetFullPath))
        {
            var real = AllowedRoots.RealPath(candidate);
            // Only inside the roots do we say that a file is not there; outside, even its absence is nobody's business.
            if (real is null ? !roots.Name(candidate) : !roots.Contain(real))
                outside = true;
            else if (real is not null && Path.Exists(real))
                return real;
        }
        throw outside
            ? new AgentException("path_outside_roots", $"{path} lies outside the folders that this worker may read: {string.Join(", ", roots.Named)}.")
            : new AgentException("file_not_found", $"{path} is not there (looked in {string.Join(", ", roots.Named)}).");
    }

    private byte[] ReadBytes(string path, string file)
    {
        try
        {
            return ProtocolFile.ReadBytes(file, _options.MaxDocumentBytes, "split the document, or raise Agents__MaxDocumentBytes for the workers");
        }
        catch (FileNotFoundException)
        {
            throw new AgentException("file_not_found", $"{path} is not there any more.");
        }
        catch (ProtocolFileException e)
        {
            throw new AgentException(e.Reason, $"{path}: {e.Detail}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AgentException("unreadable", $"{path}: {e.Message}");
        }
    }

    private static string? Text(JsonElement payload, string name)
    {
        if (!payload.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw new AgentException("invalid_payload", $"\"{name}\" has to be a string.");
    }
}
