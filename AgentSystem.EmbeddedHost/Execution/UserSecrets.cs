using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting.Execution;

/// <summary>
/// The AppHost's user secrets: where a run keeps what it made and a later one needs again. <c>ASPIRE_USER_SECRETS_ID</c> names another store than the
/// project's own; without either nothing is kept.
/// </summary>
internal sealed class UserSecrets(string? id)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly ConditionalWeakTable<IConfiguration, UserSecrets> Known = [];
    private readonly Lock _gate = new();

    /// <summary>Those of an application that is being described.</summary>
    public static UserSecrets Of(IDistributedApplicationBuilder builder) => Known.TryGetValue(builder.Configuration, out var secrets) ? secrets : new(null);

    /// <summary>Finds the store and has the configuration read it in development. The host itself reads that of the program which was started.</summary>
    public static UserSecrets Add(ConfigurationManager configuration, Assembly? appHost, bool isDevelopment)
    {
        var configured = configuration["ASPIRE_USER_SECRETS_ID"];
        var own = appHost?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId;
        if (!string.IsNullOrWhiteSpace(configured) && isDevelopment)
        {
            foreach (var source in configuration.Sources.OfType<FileConfigurationSource>().Where(source => own is not null && IsAt(source, own)).ToArray())
                configuration.Sources.Remove(source);
            configuration.AddUserSecrets(configured);
        }

        var secrets = new UserSecrets(string.IsNullOrWhiteSpace(configured) ? own : configured);
        Known.Add(configuration, secrets);
        return secrets;
    }

    /// <summary>Makes a value for a key that has none, for this run and, if it can be kept, for later ones.</summary>
    public void GetOrSet(ConfigurationManager configuration, string key, Func<string> make)
    {
        if (configuration[key] is not null)
            return;
        var value = make();
        configuration.AddInMemoryCollection([new(key, value)]);
        TrySet(key, value);
    }

    /// <summary>Keeps a value. A store that cannot be written costs no run its start.</summary>
    public bool TrySet(string key, string value)
    {
        if (string.IsNullOrWhiteSpace(id))
            return false;
        try
        {
            lock (_gate)
                Write(PathHelper.GetSecretsPathFromSecretsId(id), key, value);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or InvalidDataException)
        {
            return false;
        }
    }

    private static void Write(string file, string key, string value)
    {
        var secrets = new SortedDictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (known, text) in new ConfigurationBuilder().AddJsonFile(file, optional: true).Build().AsEnumerable().Where(secret => secret.Value is not null))
            secrets[known] = text;
        secrets[key] = value;

        // Moved into place complete, and readable by nobody else from its first byte on.
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var next = $"{file}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(next, new UTF8Encoding(false), options))
            writer.Write(JsonSerializer.Serialize(secrets, Json));
        File.Move(next, file, overwrite: true);
    }

    private static bool IsAt(FileConfigurationSource source, string id) =>
        source.Path is { } path && source.FileProvider?.GetFileInfo(path).PhysicalPath is { } file && Path.GetFullPath(file) == Path.GetFullPath(PathHelper.GetSecretsPathFromSecretsId(id));
}
