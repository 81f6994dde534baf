using System.Globalization;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>What is started for one replica, with every expression resolved.</summary>
internal sealed record Launch(string File, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Variables)
{
    public static async Task<Launch> ForAsync(IResource resource, string id, int replica, Assembly? appHost, CancellationToken cancellationToken)
    {
        var ports = resource.Annotations.OfType<TargetPorts>().ToDictionary(p => p.Endpoint, p => p.Ports[replica].ToString(CultureInfo.InvariantCulture));
        string Own(string text) => ports.Aggregate(text, (t, port) => t.Replace(EndpointAllocation.Expression(port.Key), port.Value, StringComparison.Ordinal))
            .Replace(Telemetry.InstanceId, id, StringComparison.Ordinal);
        async Task<string> Resolve(object? value) => Own(value switch
        {
            IValueProvider provider => await provider.GetValueAsync(new ValueProviderContext { Caller = resource }, cancellationToken).ConfigureAwait(false) ?? "",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        });

        var run = new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run);
        var environment = new EnvironmentCallbackContext(run, resource, [], cancellationToken);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.PortVariable is not null))
            environment.EnvironmentVariables[endpoint.PortVariable!] = EndpointAllocation.Expression(endpoint.Name);
        var listens = resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https").ToArray();
        if (resource is ProjectResource && listens.Length > 0)
            environment.EnvironmentVariables["ASPNETCORE_URLS"] = string.Join(';', listens.Select(e => $"{e.UriScheme}://localhost:{EndpointAllocation.Expression(e.Name)}"));
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await callback.Callback(environment).ConfigureAwait(false);
        var variables = new Dictionary<string, string>();
        foreach (var (name, value) in environment.EnvironmentVariables)
            variables[name] = await Resolve(value).ConfigureAwait(false);

        var args = new CommandLineArgsCallbackContext([], resource, cancellationToken);
        foreach (var callback in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await callback.Callback(args).ConfigureAwait(false);
        var arguments = new List<string>();
        foreach (var arg in args.Args)
            arguments.Add(await Resolve(arg).ConfigureAwait(false));

        if (resource is ExecutableResource executable)
            return new(Find(executable), arguments, executable.WorkingDirectory, variables);

        var project = resource.Annotations.OfType<IProjectMetadata>().Last().ProjectPath;
        var assembly = appHost?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(m => m.Key == $"ProjectTarget:{project}")?.Value;
        if (assembly is null)
            throw new DistributedApplicationException($"'{resource.Name}' cannot start: the AppHost has no project reference to {project}, by which this engine would know its program. Add one.");
        if (!System.IO.File.Exists(assembly))
            throw new DistributedApplicationException($"'{resource.Name}' is not built: {assembly} is missing. Run: dotnet build {project}");
        return new("dotnet", [assembly, .. arguments], Path.GetDirectoryName(project)!, variables);
    }

    private static string Find(ExecutableResource executable)
    {
        if (!Directory.Exists(executable.WorkingDirectory))
            throw new DistributedApplicationException($"'{executable.Name}' cannot start: its working directory {executable.WorkingDirectory} does not exist. Create it.");
        var candidates = executable.Command.Contains('/', StringComparison.Ordinal)
            ? [Path.GetFullPath(executable.Command, executable.WorkingDirectory)]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, executable.Command));
        return candidates.FirstOrDefault(System.IO.File.Exists)
            ?? throw new DistributedApplicationException($"'{executable.Name}' cannot start: there is no executable '{executable.Command}'. Install it, or put its folder on PATH.");
    }
}
