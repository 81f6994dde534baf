namespace AgentSystem.Tests.Support;

/// <summary>A folder of a test's own, deleted with all that is in it.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("agentsystem-test-").FullName;

    /// <summary>The absolute path of <paramref name="names"/> within the folder.</summary>
    public string this[params string[] names] => System.IO.Path.Combine([Path, .. names]);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test has deleted it itself.
        }
    }
}
