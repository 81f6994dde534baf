namespace AgentSystem.Tests.Support;

/// <summary>The checkout that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AgentSystem.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests have to run below the repository.");
        return folder.FullName;
    }
}
