using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AgentSystem.AppHost.Running;

/// <summary>Tells the tools of the same user on the same machine where the running system is, and gives them the key to it.</summary>
internal sealed record ConnectionFile(string OrchestratorUrl, string ApiKey, string SharedDir, int ProcessId, string AlertingUrl)
{
    public const string PathVariable = "AGENTSYSTEM_CONNECTION";

    private const UnixFileMode OwnerMayRead = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary><paramref name="configured"/>, else <c>agentsystem/connection.json</c> in the user's state folder: where agentctl looks.</summary>
    public static string PathFor(string? configured)
    {
        if (!string.IsNullOrEmpty(configured))
            return configured;
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "agentsystem", "connection.json");
    }

    /// <summary>Writes the file, or says in a line why that cannot be and what to do about it.</summary>
    public string? TryWrite(string path)
    {
        try
        {
            Write(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"agentctl will not find this system, as {path} cannot be written: {e.Message} Name another file: {PathVariable}=<file>.";
        }
    }

    /// <summary>Appears whole, by rename, and readable by its owner only from its first moment.</summary>
    public void Write(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            Storage.CreateOwnerOnly(folder);

        var temporary = $"{path}.{ProcessId}";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerMayRead;
        using (var stream = new FileStream(temporary, options))
            JsonSerializer.Serialize(stream, this, Json);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The other process that the file at <paramref name="path"/> speaks for and that still runs, or null.</summary>
    public static int? OwnerOf(string path)
    {
        try
        {
            if (Read(path)?.ProcessId is not { } owner || owner == Environment.ProcessId)
                return null;
            using var process = Process.GetProcessById(owner);
            return owner;
        }
        catch (ArgumentException)
        {
            return null; // it ended without removing its file
        }
    }

    /// <summary>Removes the file, if it is this process's.</summary>
    public static void Remove(string path, int processId)
    {
        if (Read(path)?.ProcessId == processId)
            File.Delete(path);
    }

    private static ConnectionFile? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ConnectionFile>(File.ReadAllBytes(path), Json);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // not there, or nobody's
        }
    }
}

internal static class ConnectionFileExtensions
{
    /// <summary>
    /// Writes the file once the orchestrator is ready and removes it when the system stops. Where another running system has it, this one
    /// keeps its own beside its data.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithConnectionFile(
        this IResourceBuilder<ProjectResource> orchestrator, IResourceBuilder<ParameterResource> apiKey, Storage storage,
        IResourceBuilder<ProjectResource> alerting)
    {
        var usual = ConnectionFile.PathFor(orchestrator.ApplicationBuilder.Configuration[ConnectionFile.PathVariable]);
        return orchestrator.OnResourceReady(async (resource, ready, cancellationToken) =>
        {
            var path = usual;
            if (ConnectionFile.OwnerOf(usual) is { } owner)
            {
                path = Path.Combine(storage.Root, "connection.json");
                Console.WriteLine($"agentctl goes on talking to the system of process {owner}. For this one: export {ConnectionFile.PathVariable}={path}");
            }

            var connection = new ConnectionFile(
                await resource.GetEndpoint("http").GetValueAsync(cancellationToken) ?? "",
                await apiKey.Resource.GetValueAsync(cancellationToken) ?? "",
                storage.SharedVolume,
                Environment.ProcessId,
                await alerting.GetEndpoint("http").GetValueAsync(cancellationToken) ?? "");
            if (connection.TryWrite(path) is { } problem)
            {
                // The system does not need it, so it goes on.
                await Console.Error.WriteLineAsync(problem);
                return;
            }

            ready.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
                .Register(() => ConnectionFile.Remove(path, connection.ProcessId));
        });
    }
}
