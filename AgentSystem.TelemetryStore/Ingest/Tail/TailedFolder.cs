namespace AgentSystem.TelemetryStore.Ingest.Tail;

/// <summary>
/// Tells which file is which from one look at the folder to the next: each stays what it was, or is what another was before it was
/// rotated, or is a copy that waits for its original to be truncated, or is new.
/// </summary>
internal sealed class TailedFolder
{
    private const string Extension = ".jsonl";

    private readonly List<Seen> _seen;
    private readonly Dictionary<string, TailedFile> _found = new(StringComparer.Ordinal);
    private readonly bool _isFirst, _isReopened;

    /// <param name="seen">The files that are there.</param>
    /// <param name="isFirst">Nothing of the folder was ever read: what is rotated already is old.</param>
    /// <param name="isReopened">We did not watch: the folder may have been moved, which gives its files new identities.</param>
    private TailedFolder(List<Seen> seen, bool isFirst, bool isReopened) => (_seen, _isFirst, _isReopened) = (seen, isFirst, isReopened);

    /// <param name="folder">Where to look.</param>
    /// <param name="known">What was there the last time.</param>
    /// <param name="isFirst">See the constructor.</param>
    /// <param name="isReopened">See the constructor.</param>
    /// <returns>What is there now, by name.</returns>
    internal static Dictionary<string, TailedFile> Look(string folder, IReadOnlyCollection<TailedFile> known, bool isFirst, bool isReopened)
    {
        var names = NamesIn(folder);
        while (true)
        {
            var found = Look(folder, names, known, isFirst, isReopened, out var isOneLost);
            // A file may have got another name, or a copy, after we listed the names.
            if (!isOneLost || names.SequenceEqual(names = NamesIn(folder)))
                return found;
        }
    }

    private static Dictionary<string, TailedFile> Look(
        string folder, List<string> names, IReadOnlyCollection<TailedFile> known, bool isFirst, bool isReopened, out bool isOneLost)
    {
        var seen = new List<Seen>();
        try
        {
            foreach (var name in names)
                if (TryOpen(folder, name) is { } file)
                    seen.Add(new(name, file, FileIdentity.Of(file.SafeFileHandle)));
            return new TailedFolder(seen, isFirst, isReopened).Look(known, out isOneLost);
        }
        finally
        {
            foreach (var file in seen)
                file.File.Dispose();
        }
    }

    private static List<string> NamesIn(string folder) =>
        [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Where(IsLog).Order(StringComparer.Ordinal)];

    /// <summary>Opens a file for reading, whatever others do with it; null when it is gone.</summary>
    internal static FileStream? TryOpen(string folder, string name)
    {
        try
        {
            return new(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether the file is one that is written. Rotated ones go on under names such as <c>marie.jsonl.1</c> until they are packed.</summary>
    internal static bool IsCurrent(string name) => name.EndsWith(Extension, StringComparison.Ordinal);

    /// <summary>The name of the process that writes it.</summary>
    internal static string ProcessOf(string name) => name[..name.IndexOf(Extension, StringComparison.Ordinal)];

    private static bool IsLog(string name) => !name.StartsWith('.') && name.IndexOf(Extension, StringComparison.Ordinal) > 0
        && Path.GetExtension(name) is not (".gz" or ".bz2" or ".xz" or ".zst" or ".zip" or ".tmp");

    private Dictionary<string, TailedFile> Look(IReadOnlyCollection<TailedFile> known, out bool isOneLost)
    {
        isOneLost = false;
        var lost = known.Where(file => !TryFind(file, _seen.Find(s => s.Id.IsKnown && s.Id == file.Id))).ToList();
        var isMoved = _isReopened && _found.Count == 0;
        foreach (var file in lost.Where(f => !f.IsCopy).Concat(lost.Where(f => f.IsCopy)))
            if (!TryFind(file, _seen.Find(s => s.Name == file.Name && MayBe(file, s, isMoved))) && file.IsKnown)
                isOneLost |= !TryFind(file, _seen.Find(s => IsFree(s) && MayBe(file, s, isMoved) && file.IsIn(s.File)));
        foreach (var file in _seen.Where(s => !_found.ContainsKey(s.Name)).ToList())
        {
            var isCopy = _found.Values.Any(f => IsCopyOf(file, f))
                || lost.Exists(f => MayBe(f, file, isMoved) && (f.BeginsIn(file.File) || (!IsCurrent(file.Name) && f.Has(file.File))));
            _found[file.Name] = isCopy ? TailedFile.New(file.Name, file.Id) with { IsCopy = true } : Begin(file);
        }
        return _found;
    }

    private bool TryFind(TailedFile known, Seen? file)
    {
        if (file is null || !IsFree(file) || !known.IsIn(file.File))
            return false;
        _found[file.Name] = known with { Name = file.Name, Id = file.Id };
        return true;
    }

    // A copy that waits is given up for its original's sake.
    private bool IsFree(Seen file) => !_found.TryGetValue(file.Name, out var taken) || taken.IsCopy;

    // Another file is ours only if it took over what ours had: a copy, made before ours was truncated, or all of a folder that was moved.
    private bool MayBe(TailedFile known, Seen file, bool isMoved) =>
        !known.Id.IsKnown || !file.Id.IsKnown || isMoved || (!IsCurrent(file.Name) && _seen.Exists(s => s.Id == known.Id));

    // Complete, or still being made, or of less than we have read since it was made.
    private bool IsCopyOf(Seen file, TailedFile original) =>
        original is { IsKnown: true, IsCopy: false } && IsCurrent(original.Name) && !IsCurrent(file.Name)
        && (original.IsIn(file.File) || original.Begins(_seen.Find(s => s.Name == original.Name)!.File, file.File));

    private TailedFile Begin(Seen file) => _isFirst && !IsCurrent(file.Name) ? TailedFile.At(file.Name, file.File, file.File.Length) : TailedFile.New(file.Name, file.Id);

    private sealed record Seen(string Name, FileStream File, FileIdentity Id);
}
