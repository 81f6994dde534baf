using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace AgentSystem.WebConsole.Runbooks;

/// <summary>The runbooks of a folder, one an alert and named after it. Read when somebody looks, so that an edit shows at once.</summary>
public sealed partial class RunbookLibrary(IOptions<RunbookOptions> options)
{
    private readonly ConcurrentDictionary<string, (DateTime Written, Runbook Runbook)> _read = new(StringComparer.Ordinal);

    /// <summary>The folder, for people who want to add one.</summary>
    public string Folder => options.Value.RunbooksDir;

    /// <summary>All, by name.</summary>
    public IReadOnlyList<Runbook> All()
    {
        try
        {
            return
            [
                .. Directory.EnumerateFiles(Folder, "*.md").Select(file => Path.GetFileNameWithoutExtension(file)!)
                    .Order(StringComparer.OrdinalIgnoreCase).Select(Find).OfType<Runbook>(),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>One; null where there is none of the name, or it is no name.</summary>
    public Runbook? Find(string name)
    {
        // A name has no separator and no dot, so it leads nowhere but into the folder.
        if (!IsName(name))
            return null;
        var file = new FileInfo(Path.Combine(Folder, name + ".md"));
        try
        {
            if (!file.Exists)
                return null;
            if (_read.TryGetValue(name, out var known) && known.Written == file.LastWriteTimeUtc)
                return known.Runbook;
            var runbook = RunbookMarkdown.Read(name, File.ReadAllText(file.FullName));
            _read[name] = (file.LastWriteTimeUtc, runbook);
            return runbook;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // it went in between
        }
    }

    /// <summary>
    /// Where an alert's runbook is: its page here when there is one of its name or of the name in its annotation <c>runbook_url</c>, else what
    /// that annotation says, if it is an address.
    /// </summary>
    public string? AddressFor(string alertName, string? annotation)
    {
        var named = annotation is null ? null : Path.GetFileNameWithoutExtension(annotation.Split('#', '?')[0]);
        foreach (var name in new[] { alertName, named }.OfType<string>())
        {
            if (Find(name) is not null)
                return $"/runbooks/{name}";
        }

        return Uri.TryCreate(annotation, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? annotation : null;
    }

    internal static bool IsName(string name) => Name().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,99}\z")]
    private static partial Regex Name();
}

/// <summary>A runbook.</summary>
/// <param name="Name">Its name: that of its alert.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Summary">Its first paragraph, as text.</param>
/// <param name="Headings">Its sections.</param>
/// <param name="Html">The page below its heading.</param>
public sealed record Runbook(string Name, string Title, string Summary, IReadOnlyList<RunbookHeading> Headings, string Html);

/// <summary>A section of a runbook.</summary>
/// <param name="Id">Its anchor.</param>
/// <param name="Text">Its heading.</param>
public sealed record RunbookHeading(string Id, string Text);
