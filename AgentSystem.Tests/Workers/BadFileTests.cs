using System.Diagnostics;
using System.Text;
using AgentSystem.Protocol;
using static AgentSystem.Tests.Workers.TestVolume;

namespace AgentSystem.Tests.Workers;

public sealed class BadFileTests : IDisposable
{
    private const string Good = """{"id":"bad","type":"sleep","worker":"marie","created_at":"2026-11-24T00:00:00Z","payload":{"seconds":0}}""";
    private readonly TestVolume _volume = new();

    public static TheoryData<string, string> Cases => new()
    {
        { "empty", "empty" },
        { "truncated", "not_json" },
        { "array", "not_an_object" },
        { "null", "not_an_object" },
        { "not_utf8", "not_utf8" },
        { "unknown_version", "unknown_version" },
        { "wrong_worker", "wrong_worker" },
        { "id_mismatch", "name_mismatch" },
        { "id_with_dots", "invalid_id" },
        { "no_payload", "invalid_field" },
        { "too_large", "too_large" },
        { "folder", "not_a_file" },
        { "fifo", "not_a_file" },
        { "symlink", "symlink" },
        { "broken_symlink", "symlink" },
        { "symlink_to_folder", "symlink" },
    };

    public void Dispose() => _volume.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_bad_file_goes_to_quarantine_with_its_reason_and_the_next_task_is_done(string kind, string reason)
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        var elsewhere = Path.Combine(_volume.Volume.Root, "elsewhere");
        await File.WriteAllTextAsync(elsewhere, Good);
        Make(kind, _volume.Volume.TaskPath(Worker, "bad"), elsewhere);
        _volume.Place("good", "sleep", new { seconds = 0 });

        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("good")).Status);
        await Until(() => _volume.Quarantined().Count == 1, "the quarantine");
        var moved = Assert.Single(_volume.Quarantined());
        Assert.Equal((reason, Path.Combine("tasks", "marie", "bad.json")), (moved.Reason, moved.From));
        Assert.NotEmpty(moved.Detail);
        Assert.Contains(Directory.EnumerateFileSystemEntries(_volume.Volume.QuarantineDir), e => Path.GetFileName(e) == moved.Name);
        Assert.Empty(SharedVolume.List(_volume.Volume.TasksDir(Worker)));
        Assert.Equal(Good, await File.ReadAllTextAsync(elsewhere));
    }

    [Fact]
    public async Task A_file_that_is_copied_in_slowly_is_taken_once_it_is_whole()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, null, ("Worker:RescanInterval", "00:00:10"));
        var path = _volume.Volume.TaskPath(Worker, "bad");
        await using (var file = new StreamWriter(path))
        {
            await file.WriteAsync(Good[..40]);
            await file.FlushAsync();
            await file.WriteAsync(Good[40..]);
        }
        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("bad")).Status);
        Assert.Empty(_volume.Quarantined());
    }

    [Fact]
    public async Task The_folder_may_go_and_come_back()
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        _volume.Place("t1", "sleep", new { seconds = 0 });
        await _volume.ResultAsync("t1");

        Directory.Delete(_volume.Volume.TasksDir(Worker), recursive: true);
        await Until(() => Directory.Exists(Path.Combine(_volume.Volume.TasksDir(Worker), SharedVolume.Incoming)), "the folder");
        _volume.Place("t2", "sleep", new { seconds = 0 });
        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("t2")).Status);
    }

    private static void Make(string kind, string path, string elsewhere)
    {
        switch (kind)
        {
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "fifo":
                using (var mkfifo = Process.Start("mkfifo", [path]))
                    mkfifo.WaitForExit();
                break;
            case "symlink":
                File.CreateSymbolicLink(path, elsewhere);
                break;
            case "broken_symlink":
                File.CreateSymbolicLink(path, elsewhere + "-gone");
                break;
            case "symlink_to_folder":
                Directory.CreateSymbolicLink(path, Path.GetDirectoryName(elsewhere)!);
                break;
            case "not_utf8":
                SharedVolume.Publish(path, [0xff, 0xfe, 0x00, 0x41]);
                break;
            default:
                // Whole at once: a writer that pauses for longer than a rescan is judged by the half that is there.
                SharedVolume.Publish(path, Encoding.UTF8.GetBytes(kind switch
                {
                    "empty" => "",
                    "truncated" => Good[..50],
                    "array" => "[]",
                    "null" => "null",
                    "unknown_version" => Good.Replace("{\"id\"", "{\"v\":2,\"id\"", StringComparison.Ordinal),
                    "wrong_worker" => Good.Replace("marie", "anga", StringComparison.Ordinal),
                    "id_mismatch" => Good.Replace("\"bad\"", "\"other\"", StringComparison.Ordinal),
                    "id_with_dots" => Good.Replace("\"bad\"", "\"../bad\"", StringComparison.Ordinal),
                    "no_payload" => Good.Replace("{\"seconds\":0}", "7", StringComparison.Ordinal),
                    "too_large" => new string(' ', ProtocolLimits.TaskFileBytes) + Good,
                    _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
                }));
                break;
        }
    }
}
