using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Execution;

/// <summary>
/// Settles the parameters when the application starts. One without a value is asked for where there is somebody to ask, and only who needs it waits;
/// elsewhere it is an error of those.
/// </summary>
internal sealed partial class ParameterValues(
    ResourceNotificationService notifications, ResourceLoggerService logs, RunSettings settings, ILogger<ParameterValues> logger, CancellationToken stopping)
{
    public async Task SettleAsync(IEnumerable<ParameterResource> parameters)
    {
        var missing = new List<ParameterResource>();
        foreach (var parameter in parameters)
        {
            parameter.Settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                await SetAsync(parameter, parameter.Configured).ConfigureAwait(false);
            }
            catch (MissingParameterValueException) when (settings.Terminal is not null)
            {
                missing.Add(parameter);
                await ShowAsync(parameter, new(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Warn)).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Whoever makes a value may fail of anything; that is the failure of those who need it.
                parameter.Settled.SetException(e);
                _ = parameter.Settled.Task.Exception;
                logs.Write(parameter.Name, e.Message, isError: true);
                LogFailed(parameter.Name, e.Message);
                await ShowAsync(parameter, e is MissingParameterValueException
                    ? new(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Warn)
                    : new("Error initializing parameter", KnownResourceStateStyles.Error)).ConfigureAwait(false);
            }
        }

        // A thread of its own, as reading from a terminal blocks and cannot be cancelled.
        if (missing.Count > 0)
            new Thread(() => Ask(missing)) { IsBackground = true, Name = "Questions for parameters" }.Start();
    }

    private void Ask(List<ParameterResource> missing)
    {
        foreach (var parameter in missing)
        {
            var description = parameter.Description is { } text ? $"{text}\n" : "";
            string? answer = "";
            while (answer is "" && !stopping.IsCancellationRequested)
                answer = settings.Terminal!.Ask($"{description}Parameter {parameter.Name}{(parameter.Secret ? " (not shown)" : "")}: ", parameter.Secret);
            if (stopping.IsCancellationRequested)
                return;
            if (answer is null)
                parameter.Settled!.TrySetException(new MissingParameterValueException($"Parameter '{parameter.Name}' has no value, and nobody is there any more who could be asked."));
            else
                SetAsync(parameter, answer).GetAwaiter().GetResult();
        }
    }

    private async Task SetAsync(ParameterResource parameter, string value)
    {
        await notifications.PublishUpdateAsync(parameter, s => s with
        {
            State = KnownResourceStates.Running,
            Properties = [new("Value", value) { IsSensitive = parameter.Secret, IsHighlighted = true }],
        }).ConfigureAwait(false);
        parameter.Settled!.TrySetResult(value);
    }

    private Task ShowAsync(ParameterResource parameter, ResourceStateSnapshot state) => notifications.PublishUpdateAsync(parameter, s => s with { State = state });

    [LoggerMessage(Level = LogLevel.Error, Message = "{Parameter} has no value: {Reason}")]
    private partial void LogFailed(string parameter, string reason);
}
