using AgentSystem.TelemetryStore.Ingest.Tail;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.TelemetryStore.Ingest;

/// <summary>What happens between two looks at the folder, which <see cref="FileTailTests"/> cannot time.</summary>
public sealed class TailedFolderTests : IDisposable
{
    private const string Log = "agent.jsonl", Copy = "agent.jsonl.1";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("again\nagain\nagain\n", true)] // made before the last line was written and read
    [InlineData("again\nother\nagain\n", false)]
    public void A_copy_that_is_first_seen_when_its_original_is_truncated_has_nothing_new(string copy, bool isCopy)
    {
        File.WriteAllText(_folder[Log], "again\nagain\nagain\nagain\n");
        var stored = Stored();

        File.WriteAllText(_folder[Copy], copy);
        File.WriteAllText(_folder[Log], "again\n");
        var found = TailedFolder.Look(_folder.Path, [stored], isFirst: false, isReopened: false);

        Assert.Equal(isCopy, found[Copy].IsCopy);
        Assert.Equal((false, 0L), (found[Log].IsCopy, found[Log].Position));
    }

    [Fact]
    public void A_file_that_begins_as_one_that_is_gone_is_new()
    {
        File.WriteAllText(_folder[Log], "again\nagain\n");
        var stored = Stored();

        File.WriteAllText(_folder[Copy], "again\n");
        File.Delete(_folder[Log]);
        var found = TailedFolder.Look(_folder.Path, [stored], isFirst: false, isReopened: false);

        Assert.Equal((false, 0L), (Assert.Single(found).Value.IsCopy, found[Copy].Position));
    }

    private TailedFile Stored()
    {
        using var file = TailedFolder.TryOpen(_folder.Path, Log)!;
        return TailedFile.At(Log, file, file.Length);
    }
}
