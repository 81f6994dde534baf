using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Execution;

namespace AgentSystem.Tests.Hosting.Embedded;

public sealed class OutputTests
{
    [Fact]
    public async Task each_resource_has_its_output_in_the_service_and_in_a_file()
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder($"--Aspire:Store:Path={folder.Path}");
        builder.AddExecutable("talker", "sh", ".", "-c", "echo out; echo err >&2");
        builder.AddExecutable("other", "echo", ".", "else");
        await using (var app = builder.Build())
        {
            await app.StartAsync();
            foreach (var name in (string[])["talker", "other"])
                await app.ResourceNotifications.WaitForResourceAsync(name, KnownResourceStates.Finished).WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(["err", "out"], (await app.LogOfAsync("talker")).Split('\n').Order());
            Assert.Equal("else", await app.LogOfAsync("other"));
        }

        Assert.Equal(["err", "out"], (await File.ReadAllLinesAsync(folder[".aspire", "logs", "talker.log"])).Order());
        Assert.Equal(["else"], await File.ReadAllLinesAsync(folder[".aspire", "logs", "other.log"]));
    }

    [Fact]
    public void a_log_file_that_is_full_is_moved_aside_and_the_one_before_it_goes()
    {
        using var folder = new TempFolder();
        using (var file = new RotatingFile(folder["a.log"], largest: 8))
        {
            foreach (var line in (string[])["1234567", "abcdefg", "last"])
                file.Append(line);
        }

        Assert.Equal(["last"], File.ReadAllLines(folder["a.log"]));
        Assert.Equal(["abcdefg"], File.ReadAllLines(folder["a.log.1"]));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void a_log_file_that_cannot_be_written_is_given_up()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["a.log"]);
        using var file = new RotatingFile(folder["a.log"]);

        file.Append("no exception");
    }
}
