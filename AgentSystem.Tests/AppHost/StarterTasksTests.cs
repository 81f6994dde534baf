using System.Text.Json;
using AgentSystem.AppHost.Running;

namespace AgentSystem.Tests.AppHost;

public sealed class StarterTasksTests : IDisposable
{
    private static readonly string[] Workers = ["marie", "anga", "fabien"];

    private readonly DirectoryInfo _repository = Directory.CreateTempSubdirectory("starters-");

    public void Dispose() => _repository.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_worker_every_type_and_every_document_is_used(int documents)
    {
        var expected = new List<string> { Write("README.md") };
        for (var i = 1; i < documents; i++)
            expected.Add(Write($"docs/{i}.md"));

        var tasks = Compose();

        Assert.Equal(Workers.Order(), Distinct(tasks, "worker"));
        Assert.Equal(["document_analysis", "process_document", "summarize"], Distinct(tasks, "type"));
        Assert.Equal(expected.Order(), tasks.Select(task => task.GetProperty("payload").GetProperty("path").GetString()).Distinct().Order());
    }

    [Fact]
    public void A_repository_without_documents_has_no_starter_tasks() => Assert.Empty(Compose());

    private JsonElement[] Compose() =>
        [.. StarterTasks.Compose(_repository.FullName, Workers).Select(task => JsonSerializer.SerializeToElement(task))];

    private static IEnumerable<string?> Distinct(JsonElement[] tasks, string property) =>
        tasks.Select(task => task.GetProperty(property).GetString()).Distinct().Order();

    private string Write(string path)
    {
        var file = new FileInfo(Path.Combine(_repository.FullName, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, "text");
        return file.FullName;
    }
}
