using System.CommandLine;
using AgentSystem.Protocol;

namespace AgentSystem.Cli.Commands;

/// <summary>Arguments that name tasks. What cannot be an id never reaches the server, nor becomes part of an address.</summary>
internal static class TaskIdArguments
{
    public static Argument<string> One(string description) => Checked(new Argument<string>("id") { Description = description });

    public static Argument<string[]> Many(string description, ArgumentArity arity) =>
        Checked(new Argument<string[]>("id") { Description = description, Arity = arity });

    private static Argument<T> Checked<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !TaskId.IsValid(t.Value)))
                result.AddError($"'{token.Value}' is no task id: 1 to 64 letters, digits, '-' or '_', starting with a letter or digit.");
        });
        return argument;
    }
}
