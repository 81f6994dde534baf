using System.Runtime.Versioning;
using AgentSystem.AppHost;
using Aspire.Hosting;

namespace AgentSystem.Tests.AppHost;

[UnsupportedOSPlatform("windows")]
public sealed class StorageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("storage-");

    private string Root => Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Two_runs_do_not_share_a_folder()
    {
        using (Storage.Open(Root, "/repository"))
        {
            var error = Assert.Throws<DistributedApplicationException>(() => Storage.Open(Root, "/repository"));
            Assert.Contains("--Data:Dir=", error.Message, StringComparison.Ordinal);
        }

        Storage.Open(Root, "/repository").Dispose();
    }

    [Fact]
    public void A_folder_that_something_else_is_in_the_way_of_is_an_error_that_says_what_to_do()
    {
        Directory.CreateDirectory(Root);
        File.WriteAllText(Path.Combine(Root, "shared"), "");

        var error = Assert.Throws<DistributedApplicationException>(() => Storage.Open(Root, "/repository"));

        Assert.Contains("--Data:Dir=<folder>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_folders_are_their_owners()
    {
        using var storage = Storage.Open(Root, "/repository");

        foreach (var folder in new[] { storage.Root, storage.SharedVolume, Path.GetDirectoryName(storage.Journal)!, Path.GetDirectoryName(storage.Incidents)! })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public void Documents_may_be_in_the_repository_in_the_shared_folder_and_in_those_that_are_named()
    {
        using var storage = Storage.Open(Root, "/repository", "/books:/papers");

        Assert.Equal(["/repository", Path.Combine(Root, "shared", "documents"), "/books", "/papers"], storage.AllowedRoots.Split(Path.PathSeparator));
    }
}
