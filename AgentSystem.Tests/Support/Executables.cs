namespace AgentSystem.Tests.Support;

/// <summary>Programs of this machine.</summary>
internal static class Executables
{
    /// <summary>The path of the first of these names that is on PATH; null when none is.</summary>
    public static string? Find(params string[] names) =>
        (from name in names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         select Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
