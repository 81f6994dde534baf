using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Execution;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--operation"] = "AppHost:Operation",
        ["--publisher"] = "Publishing:Publisher",
        ["--output-path"] = "Publishing:OutputPath",
        ["--step"] = "Pipeline:Step",
    };

    private readonly HostApplicationBuilder _inner;
    private readonly EntryPointInterception? _interception = EntryPointInterception.Current;

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        AppHostAssembly = _interception?.Assembly ?? (options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly());
        string[] args = [.. options.Args ?? [], .. _interception?.Args ?? []];
        AppHostDirectory = options.ProjectDirectory ?? Metadata("AppHostProjectPath") ?? Directory.GetCurrentDirectory();
        _inner = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            ApplicationName = AppHostAssembly?.GetName().Name,
            EnvironmentName = _interception is null ? null : Environments.Development,
            ContentRootPath = Directory.Exists(AppHostDirectory) ? AppHostDirectory : null,
        });
        _inner.Configuration.AddCommandLine(args, Switches);
        if (_interception is not null)
            _inner.Configuration.AddInMemoryCollection([new("DcpPublisher:RandomizePorts", "true")]);

        var publishes = string.Equals(_inner.Configuration["AppHost:Operation"], "publish", StringComparison.OrdinalIgnoreCase)
            || _inner.Configuration["Publishing:Publisher"] is not null;
        ExecutionContext = new(publishes ? DistributedApplicationOperation.Publish : DistributedApplicationOperation.Run);

        _inner.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        _inner.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        _inner.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        _inner.Services.AddHealthChecks();
        _inner.Services.AddSingleton(TimeProvider.System);
        _inner.Services.AddSingleton(ExecutionContext);
        _inner.Services.AddSingleton(Eventing);
        _inner.Services.AddSingleton(new DistributedApplicationModel(Resources));
        _inner.Services.AddSingleton(_ => new ResourceNotificationService());
        _inner.Services.AddSingleton<ResourceLoggerService>();
        _inner.Services.AddSingleton(services => new ResourceCommandService(
            services.GetRequiredService<ResourceNotificationService>(), services.GetRequiredService<ResourceLoggerService>(), services));
        _inner.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<Runner>(services, new RunSettings(
            AppHostAssembly, RandomizePorts: _interception is not null,
            LogFolder: _interception is null ? Path.Combine(_inner.Configuration["Aspire:Store:Path"] ?? Path.Combine(AppHostDirectory, "obj"), ".aspire", "logs") : null)));
        _inner.Services.AddHostedService(services => services.GetRequiredService<Runner>());
        _inner.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    public ConfigurationManager Configuration => _inner.Configuration;
    public string AppHostDirectory { get; }
    public Assembly? AppHostAssembly { get; }
    public IHostEnvironment Environment => _inner.Environment;
    public IServiceCollection Services => _inner.Services;
    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();
    public DistributedApplicationExecutionContext ExecutionContext { get; }
    public IResourceCollection Resources { get; } = new ResourceCollection([]);

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (Resources.Any(known => string.Equals(known.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"There already is a resource named '{resource.Name}'. Give this one a name of its own.");
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new Builder<T>(this, resource);

    public DistributedApplication Build()
    {
        _interception?.OnBuilding(this);
        return new(_inner.Build(), _interception);
    }

    private string? Metadata(string key) =>
        AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(metadata => metadata.Key == key)?.Value;

    private sealed class Builder<T>(IDistributedApplicationBuilder applicationBuilder, T resource) : IResourceBuilder<T> where T : IResource
    {
        public IDistributedApplicationBuilder ApplicationBuilder => applicationBuilder;
        public T Resource => resource;

        public IResourceBuilder<T> WithAnnotation<TAnnotation>(TAnnotation annotation, ResourceAnnotationMutationBehavior behavior)
            where TAnnotation : IResourceAnnotation
        {
            if (behavior == ResourceAnnotationMutationBehavior.Replace)
            {
                foreach (var old in resource.Annotations.OfType<TAnnotation>().ToArray())
                    resource.Annotations.Remove(old);
            }

            resource.Annotations.Add(annotation);
            return this;
        }
    }
}
