using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Execution;

/// <summary>Lets a test stand between an AppHost's entry point and the application that it builds: at Build and at Run.</summary>
internal sealed class EntryPointInterception(
    Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
{
    private static readonly AsyncLocal<EntryPointInterception?> Ambient = new();
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _building = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static EntryPointInterception? Current => Ambient.Value;
    public Assembly Assembly => assembly;
    public string[] Args => args;

    public Task<DistributedApplicationBuilder> StartAsync()
    {
        var thread = new Thread(() =>
        {
            Ambient.Value = this;
            try
            {
                var entry = assembly.EntryPoint ?? throw new InvalidOperationException($"{assembly.GetName().Name} has no entry point: name a type of an AppHost.");
                var result = entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
                (result as Task)?.GetAwaiter().GetResult();
                Fail(new InvalidOperationException("The AppHost ended without running an application."));
            }
            catch (TargetInvocationException e)
            {
                Fail(e.InnerException!);
            }
            catch (Exception e) when (e is InvalidOperationException or DistributedApplicationException)
            {
                Fail(e);
            }
        })
        { IsBackground = true, Name = "AppHost entry point" };
        thread.Start();
        return _building.Task;
    }

    public void OnConstructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings) => TestSettings.Apply(this, options, settings, configureBuilder);

    public void OnBuilding(DistributedApplicationBuilder builder)
    {
        _building.TrySetResult(builder);
        _mayBuild.Task.GetAwaiter().GetResult();
    }

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult();
        return _running.Task.WaitAsync(cancellationToken);
    }

    public Task HandOverAsync(DistributedApplication application)
    {
        _running.TrySetResult(application);
        return _released.Task;
    }

    public void Release()
    {
        _mayBuild.TrySetException(new OperationCanceledException("The test ended before the application was built."));
        _released.TrySetResult();
    }

    private void Fail(Exception e)
    {
        _building.TrySetException(e);
        _running.TrySetException(e);
    }
}
