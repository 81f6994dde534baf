using System.Runtime.Versioning;
using AgentSystem.AppHost.Running;
using Read = AgentSystem.Protocol.Api.ConnectionFile;

namespace AgentSystem.Tests.AppHost;

/// <summary>The AppHost writes the file without knowing the protocol's assembly; what it writes is what agentctl reads.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ConnectionFileTests : IDisposable
{
    private static readonly ConnectionFile Connection = new("http://localhost:40001", "key", "/shared", ProcessId: 4711, "http://localhost:40002");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("connection-");

    private string FilePath => System.IO.Path.Combine(_folder.FullName, "state", "connection.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Agentctl_reads_what_the_AppHost_writes()
    {
        Connection.Write(FilePath);

        Assert.Equal(new Read("http://localhost:40001", "key", "/shared", 4711, "http://localhost:40002"), Read.Read(FilePath));
    }

    [Fact]
    public void Both_look_for_it_in_the_same_place() =>
        Assert.Equal(Read.DefaultPath, ConnectionFile.PathFor(Environment.GetEnvironmentVariable(Read.PathVariable)));

    [Fact]
    public void Only_its_owner_can_read_it()
    {
        Connection.Write(FilePath);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(System.IO.Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public void Where_it_cannot_be_written_that_is_said_with_the_way_out()
    {
        File.WriteAllText(System.IO.Path.Combine(_folder.FullName, "state"), "a file where the folder has to be");

        var problem = Connection.TryWrite(FilePath);

        Assert.StartsWith($"agentctl will not find this system, as {FilePath} cannot be written: ", problem, StringComparison.Ordinal);
        Assert.EndsWith($"Name another file: {ConnectionFile.PathVariable}=<file>.", problem, StringComparison.Ordinal);
        Assert.Null(Connection.TryWrite(System.IO.Path.Combine(_folder.FullName, "elsewhere", "connection.json")));
    }

    [Fact]
    public void A_later_system_replaces_it_and_an_earlier_one_does_not_remove_it()
    {
        Connection.Write(FilePath);
        (Connection with { ProcessId = 4712 }).Write(FilePath);

        ConnectionFile.Remove(FilePath, processId: 4711);
        Assert.Equal(4712, Read.Read(FilePath)?.ProcessId);

        ConnectionFile.Remove(FilePath, processId: 4712);
        Assert.Null(Read.Read(FilePath));
    }

    [Fact]
    public async Task A_file_belongs_to_another_system_for_as_long_as_that_one_runs()
    {
        using var other = System.Diagnostics.Process.Start("sleep", "60");
        (Connection with { ProcessId = other.Id }).Write(FilePath);
        Assert.Equal(other.Id, ConnectionFile.OwnerOf(FilePath));

        other.Kill();
        await other.WaitForExitAsync();
        Assert.Null(ConnectionFile.OwnerOf(FilePath));

        (Connection with { ProcessId = Environment.ProcessId }).Write(FilePath);
        Assert.Null(ConnectionFile.OwnerOf(FilePath));
    }

    [Fact]
    public void Removing_what_is_gone_or_not_ours_does_no_harm()
    {
        ConnectionFile.Remove(FilePath, processId: 1);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, "not JSON");

        ConnectionFile.Remove(FilePath, processId: 1);

        Assert.True(File.Exists(FilePath));
    }
}
