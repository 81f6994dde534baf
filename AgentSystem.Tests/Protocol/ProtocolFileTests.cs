using System.Diagnostics;
using System.Text;
using AgentSystem.Protocol;
using AgentSystem.Tests.Support;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Protocol;

public sealed class ProtocolFileTests : IDisposable
{
    private const string Good =
        """{"id":"a","type":"summarize","priority":"high","worker":"marie","created_at":"2026-11-23T19:28:39.123Z","payload":{}}""";

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SharedVolume _volume;

    public ProtocolFileTests()
    {
        _volume = new(_folder["shared"]);
        _volume.EnsureCreated("marie");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_good_task_file_is_read()
    {
        var task = ProtocolFile.ReadTask(Put(Good), "marie");
        Assert.Equal(("a", TaskPriority.High, 1, 3), (task.Id, task.Priority, task.Attempt, task.MaxAttempts));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("""{"id":"a","type":"summ""", "not_json")]
    [InlineData("{} {}", "not_json")]
    [InlineData("garbage", "not_json")]
    [InlineData("null", "not_an_object")]
    [InlineData("[]", "not_an_object")]
    [InlineData("\"text\"", "not_an_object")]
    [InlineData("{}", "invalid_field")]
    [InlineData("""{"v":2}""", "unknown_version")]
    [InlineData("""{"v":99,"id":"a","kind":"quite different"}""", "unknown_version")]
    [InlineData("""{"v":0,"id":"a","type":"s","worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":{}}""", "unknown_version")]
    [InlineData("""{"v":"1","id":"a","type":"s","worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":{}}""", "invalid_field")]
    [InlineData("""{"id":"../a","type":"s","worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":{}}""", "invalid_id")]
    [InlineData("""{"id":"b","type":"s","worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":{}}""", "name_mismatch")]
    [InlineData("""{"id":"a","type":"s","worker":"anga","created_at":"2026-11-23T19:28:39Z","payload":{}}""", "wrong_worker")]
    [InlineData("""{"id":"a","type":" ","worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":{}}""", "invalid_field")]
    [InlineData("""{"id":"a","type":null,"worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":{}}""", "invalid_field")]
    [InlineData("""{"id":"a","type":"s","priority":"urgent","worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":{}}""", "invalid_field")]
    [InlineData("""{"id":"a","type":"s","attempt":0,"worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":{}}""", "invalid_field")]
    [InlineData("""{"id":"a","type":"s","attempt":9999999999,"worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":{}}""", "invalid_field")]
    [InlineData("""{"id":"a","type":"s","worker":"marie","created_at":"yesterday","payload":{}}""", "invalid_field")]
    [InlineData("""{"id":"a","type":"s","worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":[]}""", "invalid_field")]
    [InlineData("""{"id":"a","type":"s","worker":"marie","created_at":"2026-11-23T19:28:39Z","payload":null}""", "invalid_field")]
    public void A_bad_task_file_has_a_reason_with_a_name(string content, string reason) => AssertRefused(Put(content), reason);

    [Fact]
    public void Missing_fields_are_named() => Assert.Equal(
        "missing: worker, created_at, payload",
        Assert.Throws<ProtocolFileException>(() => ProtocolFile.ReadTask(Put("""{"id":"a","type":"s"}"""), "marie")).Detail);

    [Fact]
    public void Text_that_is_not_UTF8_is_refused()
    {
        var path = Put("");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(Good.Replace("summarize", "r\u00e9sum\u00e9", StringComparison.Ordinal)));
        AssertRefused(path, "not_utf8");
    }

    [Fact]
    public void Nesting_without_end_is_refused() => AssertRefused(Put(new string('[', 100_000)), "not_json");

    [Fact]
    public void A_folder_is_refused()
    {
        var path = _volume.TaskPath("marie", "a");
        Directory.CreateDirectory(path);
        AssertRefused(path, "not_a_file");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_is_refused_wherever_it_leads(bool dangling)
    {
        var path = _volume.TaskPath("marie", "a");
        if (!dangling)
            File.WriteAllText(_folder["target"], Good);
        File.CreateSymbolicLink(path, _folder["target"]);
        AssertRefused(path, "symlink");
    }

    [Fact]
    public void A_link_to_a_folder_is_refused()
    {
        var path = _volume.TaskPath("marie", "a");
        Directory.CreateSymbolicLink(path, _folder.Path);
        AssertRefused(path, "symlink");
        Assert.NotNull(Quarantine(path));
        Assert.True(Directory.Exists(_folder.Path));
    }

    [Fact]
    public void A_pipe_is_refused_without_waiting_for_a_writer()
    {
        var path = _volume.TaskPath("marie", "a");
        using (Process.Start("mkfifo", path))
            Assert.True(SpinWait.SpinUntil(() => File.Exists(path), TimeSpan.FromSeconds(10)));
        AssertRefused(path, "not_a_file");
        Assert.NotNull(Quarantine(path));
    }

    [Fact]
    public void A_socket_is_refused()
    {
        var path = _volume.TaskPath("marie", "a");
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        Assert.IsType<ProtocolFileException>(Record.Exception(() => ProtocolFile.ReadTask(path, "marie")));
    }

    [Fact]
    public void A_hundred_megabytes_are_refused_unread()
    {
        var path = Put("");
        using (var file = File.OpenWrite(path))
            file.SetLength(100 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(path, "too_large");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_file_that_somebody_else_has_taken_is_gone_not_bad()
    {
        Assert.Throws<FileNotFoundException>(() => ProtocolFile.ReadTask(_volume.TaskPath("marie", "gone"), "marie"));
        Assert.Null(Quarantine(_volume.TaskPath("marie", "gone")));
    }

    [Fact]
    public void Damage_of_any_kind_is_refused_in_one_way() => Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Byte, Gen.Bool).Sample((at, value, cut) =>
    {
        var bytes = Encoding.UTF8.GetBytes(Good);
        bytes[at] = value;
        var path = _folder["damaged", "a.json"];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, cut ? bytes[..at] : bytes);
        if (Record.Exception(() => ProtocolFile.ReadTask(path, "marie")) is { } error)
            Assert.IsType<ProtocolFileException>(error);
    }, threads: 1);

    [Theory]
    [InlineData("""{"id":"a","worker":"marie","attempt":1,"status":"failed","started_at":"2026-11-23T19:28:39Z","finished_at":"2026-11-23T19:28:40Z"}""", "invalid_field")]
    [InlineData("""{"id":"b","worker":"marie","attempt":1,"status":"completed","started_at":"2026-11-23T19:28:39Z","finished_at":"2026-11-23T19:28:40Z"}""", "name_mismatch")]
    [InlineData("""{"id":"a","worker":"marie","attempt":0,"status":"completed","started_at":"2026-11-23T19:28:39Z","finished_at":"2026-11-23T19:28:40Z"}""", "invalid_field")]
    [InlineData("""{"id":"a"}""", "invalid_field")]
    public void A_bad_result_file_has_a_reason_too(string content, string reason)
    {
        var path = _volume.ResultPath("a");
        File.WriteAllText(path, content);
        Assert.Equal(reason, Assert.Throws<ProtocolFileException>(() => ProtocolFile.ReadResult(path)).Reason);
    }

    [Fact]
    public void Quarantine_keeps_the_file_and_says_what_was_wrong_with_it()
    {
        var path = Put("garbage");
        var reason = Quarantine(path)!;

        Assert.False(File.Exists(path));
        Assert.Equal("garbage", File.ReadAllText(Path.Combine(_volume.QuarantineDir, reason.Name)));
        var written = ProtocolFile.Read(Path.Combine(_volume.QuarantineDir, reason.Name + ".reason.json"), 4096, ProtocolJson.Default.QuarantineReason);
        Assert.Equal(reason, written);
        Assert.Equal((Path.Combine("tasks", "marie", "a.json"), "not_json", "marie-1"), (written.From, written.Reason, written.By));
    }

    [Fact]
    public void Quarantine_loses_none_of_two_bad_files_of_one_name_at_one_time()
    {
        var names = new List<string>();
        for (var i = 0; i < 3; i++)
            names.Add(Quarantine(Put($"garbage {i}"))!.Name);

        Assert.Equal(3, names.Distinct().Count());
        Assert.Equal(
            ["garbage 0", "garbage 1", "garbage 2"],
            names.Select(n => File.ReadAllText(Path.Combine(_volume.QuarantineDir, n))));
    }

    [Fact]
    public void Quarantine_takes_a_folder_with_all_that_is_in_it()
    {
        var path = _volume.TaskPath("marie", "a");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "kept"), "kept");
        Assert.Equal("kept", File.ReadAllText(Path.Combine(_volume.QuarantineDir, Quarantine(path)!.Name, "kept")));
    }

    [Fact]
    public void Quarantine_takes_a_dangling_link()
    {
        var path = _volume.TaskPath("marie", "a");
        File.CreateSymbolicLink(path, _folder["nowhere"]);
        Assert.Equal(_folder["nowhere"], new FileInfo(Path.Combine(_volume.QuarantineDir, Quarantine(path)!.Name)).LinkTarget);
    }

    [Fact]
    public void Quarantine_takes_a_file_whose_name_is_as_long_as_names_get()
    {
        var path = Path.Combine(_volume.TasksDir("marie"), new string('n', 255));
        File.WriteAllText(path, "garbage");
        Assert.Equal("garbage", File.ReadAllText(Path.Combine(_volume.QuarantineDir, Quarantine(path)!.Name)));
    }

    private string Put(string content)
    {
        var path = _volume.TaskPath("marie", "a");
        File.WriteAllText(path, content);
        return path;
    }

    private QuarantineReason? Quarantine(string path) =>
        ProtocolFile.Quarantine(_volume, path, new("not_json", "truncated or malformed JSON"), "marie-1", _time);

    private static void AssertRefused(string path, string reason)
    {
        var error = Assert.Throws<ProtocolFileException>(() => ProtocolFile.ReadTask(path, "marie"));
        Assert.Equal(reason, error.Reason);
        Assert.NotEqual("", error.Detail);
    }
}
