using System.Text.Json;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Cli;

public sealed class ConnectionTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentctl-").FullName;
    private FakeOrchestrator _server = null!;

    private string ConnectionPath => Path.Combine(_folder, "connection.json");

    public async Task InitializeAsync() => _server = await FakeOrchestrator.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_running_system_is_found_by_itself()
    {
        WriteConnection(_server.Url);
        var run = await CliRun.InvokeAsync(["workers", "--json"], connectionPath: ConnectionPath);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Equal("marie", run.Json[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Without_a_running_system_the_message_says_how_to_start_one()
    {
        var run = await CliRun.InvokeAsync(["workers", "--json"], connectionPath: ConnectionPath);
        Assert.Equal((ExitCode.NotReachable, ""), (run.ExitCode, run.Out));
        Assert.Contains("./start.sh", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task A_connection_file_that_is_none_is_an_error_that_names_it(string content)
    {
        await File.WriteAllTextAsync(ConnectionPath, content);
        var run = await CliRun.InvokeAsync(["workers"], connectionPath: ConnectionPath);
        Assert.Equal(ExitCode.NotReachable, run.ExitCode);
        Assert.Contains(ConnectionPath, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_go_before_variables_and_variables_before_the_file()
    {
        WriteConnection("http://127.0.0.1:1");
        var good = new Dictionary<string, string> { ["AGENTSYSTEM_URL"] = _server.Url, ["AGENTSYSTEM_API_KEY"] = FakeOrchestrator.ApiKey };
        var bad = new Dictionary<string, string> { ["AGENTSYSTEM_URL"] = "http://127.0.0.1:2", ["AGENTSYSTEM_API_KEY"] = "wrong" };

        var byVariables = await CliRun.InvokeAsync(["workers"], connectionPath: ConnectionPath, variables: good);
        var byOptions = await CliRun.InvokeAsync(["workers", "--url", _server.Url + "/", "--api-key", FakeOrchestrator.ApiKey], connectionPath: ConnectionPath, variables: bad);

        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (byVariables.ExitCode, byOptions.ExitCode));
    }

    [Fact]
    public async Task The_files_key_goes_to_the_files_address_only()
    {
        WriteConnection("http://127.0.0.1:1");
        var elsewhere = await CliRun.InvokeAsync(["workers", "--url", _server.Url], connectionPath: ConnectionPath);
        WriteConnection(_server.Url);
        var same = await CliRun.InvokeAsync(["workers", "--url", _server.Url], connectionPath: ConnectionPath);

        Assert.Equal((ExitCode.NotAuthorised, ExitCode.Ok), (elsewhere.ExitCode, same.ExitCode));
        Assert.Equal(["", FakeOrchestrator.ApiKey], _server.Keys);
    }

    [Fact]
    public async Task A_wrong_key_is_told_and_never_shown()
    {
        var run = await CliRun.InvokeAsync(["workers", "--url", _server.Url, "--api-key", "s3cret"]);
        Assert.Equal(ExitCode.NotAuthorised, run.ExitCode);
        Assert.Contains("API key", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", run.Out + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_that_is_gone_is_not_reachable()
    {
        WriteConnection("http://127.0.0.1:1");
        foreach (var command in (string[][])[["workers"], ["watch"], ["show", "T1"], ["cancel", "T1"]])
        {
            var run = await CliRun.InvokeAsync(command, connectionPath: ConnectionPath);
            Assert.Equal(ExitCode.NotReachable, run.ExitCode);
            Assert.Contains("cannot be reached", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("file:///etc/passwd")]
    public async Task An_address_that_is_none_is_a_usage_error(string url)
    {
        var run = await CliRun.InvokeAsync(["workers", "--url", url, "--api-key", "k"]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
    }

    private void WriteConnection(string url) => File.WriteAllBytes(ConnectionPath,
        JsonSerializer.SerializeToUtf8Bytes(new ConnectionFile(url, FakeOrchestrator.ApiKey, "/tmp", 1), ApiJson.Default.ConnectionFile));
}
