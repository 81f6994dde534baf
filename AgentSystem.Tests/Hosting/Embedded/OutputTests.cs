using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

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
    public async Task a_log_file_that_is_full_is_moved_aside_and_the_one_before_it_goes()
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder($"--Aspire:Store:Path={folder.Path}");
        // Lines of 6 MB: two of them are more than the 10 MiB after which a file is moved aside.
        builder.AddExecutable("talker", "sh", ".", "-c", "for i in 1 2 3 4 5; do head -c 6000000 /dev/zero | tr '\\0' $i; echo; done");
        await using (var app = await builder.StartAsync())
            await app.UntilAsync("talker", KnownResourceStates.Finished);

        Assert.Equal("5", FirstsOf(folder[".aspire", "logs", "talker.log"]));
        Assert.Equal("34", FirstsOf(folder[".aspire", "logs", "talker.log.1"]));
        Assert.Equal(2, Directory.GetFiles(folder[".aspire", "logs"]).Length);

        static string FirstsOf(string path) => string.Concat(File.ReadLines(path).Select(line => line[0]));
    }

    [Fact]
    public async Task a_log_file_that_cannot_be_written_is_given_up()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder[".aspire", "logs", "talker.log"]);
        var builder = Hosts.Builder($"--Aspire:Store:Path={folder.Path}");
        builder.AddExecutable("talker", "echo", ".", "said");
        await using var app = await builder.StartAsync();
        await app.UntilAsync("talker", KnownResourceStates.Finished);

        Assert.Equal("said", await app.LogOfAsync("talker"));
    }
}
