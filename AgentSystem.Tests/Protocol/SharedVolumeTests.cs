using System.Runtime.Versioning;
using AgentSystem.Protocol;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Protocol;

[UnsupportedOSPlatform("windows")]
public sealed class SharedVolumeTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_folder_is_its_owners_only_even_one_that_was_open_before()
    {
        var volume = new SharedVolume(_folder["shared"]);
        Directory.CreateDirectory(volume.ResultsDir);
        File.SetUnixFileMode(volume.ResultsDir, OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        volume.EnsureCreated("marie", "anga");
        volume.EnsureCreated("marie");

        string[] folders = [volume.Root, .. Directory.EnumerateDirectories(volume.Root, "*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.None,
        })];
        Assert.All(folders, folder => Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder)));
        Assert.Contains(Path.Combine(volume.TasksDir("anga"), SharedVolume.Incoming), folders);
    }

    [Fact]
    public void A_published_file_is_its_owners_only_and_replaces_the_one_before()
    {
        var volume = Create();
        SharedVolume.Publish(volume.ResultPath("a"), "first"u8);
        SharedVolume.Publish(volume.ResultPath("a"), "second"u8);

        Assert.Equal("second", File.ReadAllText(volume.ResultPath("a")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(volume.ResultPath("a")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(volume.ResultsDir, SharedVolume.Incoming)));
    }

    [Fact]
    public void Of_many_who_publish_in_nobodys_place_one_does()
    {
        var volume = Create();
        var path = volume.ResultPath("a");
        var published = Enumerable.Range(0, 50).AsParallel().WithDegreeOfParallelism(8)
            .Where(i => SharedVolume.TryPublish(path, System.Text.Encoding.ASCII.GetBytes($"{i}"))).ToList();

        Assert.Equal($"{Assert.Single(published)}", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(volume.ResultsDir, SharedVolume.Incoming)));
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_file()
    {
        var volume = Create();
        var path = volume.ResultPath("a");
        byte[][] contents = [new byte[100_000], new byte[300_000]];
        contents[1].AsSpan().Fill(1);
        SharedVolume.Publish(path, contents[0]);
        using var done = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < 200; i++)
                SharedVolume.Publish(path, contents[i % 2]);
            done.Cancel();
        });
        while (!done.IsCancellationRequested)
        {
            var read = File.ReadAllBytes(path);
            Assert.True(contents.Any(c => c.AsSpan().SequenceEqual(read)), $"saw {read.Length} bytes");
        }
        await writer;
    }

    [Fact]
    public void Of_many_who_claim_a_task_one_gets_it()
    {
        var volume = Create();
        File.WriteAllText(volume.TaskPath("marie", "a"), "{}");
        var won = 0;
        Parallel.For(0, 16, _ =>
        {
            if (SharedVolume.TryMove(volume.TaskPath("marie", "a"), volume.ActivePath("marie", "a")))
                Interlocked.Increment(ref won);
        });
        Assert.Equal(1, won);
    }

    [Fact]
    public void A_listing_passes_over_what_a_writer_has_not_finished()
    {
        var volume = Create();
        File.WriteAllText(volume.TaskPath("marie", "a"), "{}");
        File.WriteAllText(Path.Combine(volume.TasksDir("marie"), ".b.json"), "{}");
        Directory.CreateDirectory(Path.Combine(volume.TasksDir("marie"), "c.json"));

        Assert.Equal(["a.json", "c.json"], SharedVolume.List(volume.TasksDir("marie")).Order());
        Assert.Empty(SharedVolume.List(_folder["nowhere"]));
    }

    private SharedVolume Create()
    {
        var volume = new SharedVolume(_folder["shared"]);
        volume.EnsureCreated("marie");
        return volume;
    }
}
