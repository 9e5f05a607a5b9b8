"""A depthwise convolution whose backward pass is fast on a CPU.

torch hands the backward pass of depthwise convolutions to generic code that costs ten times the forward
pass in bfloat16. The gradient of the input is a depthwise convolution itself, with the kernel turned by
180 degrees and, for stride 2, zeros between the rows and columns of the incoming gradient; written that way
it runs at the speed of the forward pass. The gradient of the kernel is a sum per tap and costs more than the
rest together, so it is computed only when kernels are trained.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor, nn


class _Depthwise(torch.autograd.Function):
    """Stride 1 or 2; ``pads`` are (left, right, top, bottom)."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, kernel: Tensor, bias: Tensor, stride: int, low: int, high: int) -> Tensor:
        kernel = kernel.to(values.dtype)
        ctx.stride, ctx.low, ctx.high, ctx.shape = stride, low, high, values.shape
        ctx.save_for_backward(kernel, values if ctx.needs_input_grad[1] else None)
        return _convolve(values, kernel, bias.to(values.dtype), stride, low, high)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        kernel, values = ctx.saved_tensors
        gradient = gradients[0].contiguous(memory_format=torch.channels_last)
        kernel = kernel.to(gradient.dtype)
        of_kernel = None
        if ctx.needs_input_grad[1]:
            of_kernel = _kernel_gradient(values, gradient, kernel.shape, ctx.stride, ctx.low, ctx.high)
        of_values = _input_gradient(gradient, kernel, ctx.shape, ctx.stride, ctx.low)
        return of_values, of_kernel, gradient.sum((0, 2, 3)).float(), None, None, None


def _convolve(values: Tensor, kernel: Tensor, bias: Tensor | None, stride: int, low: int, high: int) -> Tensor:
    groups = kernel.shape[0]
    if low == high:
        return functional.conv2d(values, kernel, bias, stride, low, 1, groups)
    return functional.conv2d(functional.pad(values, (low, high, low, high)), kernel, bias, stride, 0, 1, groups)


def _input_gradient(gradient: Tensor, kernel: Tensor, shape: torch.Size, stride: int, low: int) -> Tensor:
    count, channels, height, width = shape
    side = kernel.shape[2]
    if stride > 1:
        rows, columns = gradient.shape[2:]
        spread = torch.empty(
            (count, channels, stride * (rows - 1) + 1, stride * (columns - 1) + 1),
            dtype=gradient.dtype,
            device=gradient.device,
            memory_format=torch.channels_last,
        ).zero_()
        spread[:, :, ::stride, ::stride] = gradient
        gradient = spread
    full = functional.conv2d(gradient, kernel.flip(2, 3), None, 1, side - 1 - low, 1, channels)
    missing = (max(0, width - full.shape[3]), max(0, height - full.shape[2]))
    if any(missing):
        full = functional.pad(full, (0, missing[0], 0, missing[1]))
    return full[:, :, :height, :width]


def _kernel_gradient(values: Tensor, gradient: Tensor, shape: torch.Size, stride: int, low: int, high: int) -> Tensor:
    padded = functional.pad(values, (low, high, low, high))
    rows, columns = gradient.shape[2:]
    taps = [
        (padded[:, :, y : y + stride * (rows - 1) + 1 : stride, x : x + stride * (columns - 1) + 1 : stride] * gradient)
        .float()
        .sum((0, 2, 3))
        for y in range(shape[2])
        for x in range(shape[3])
    ]
    return torch.stack(taps, 1).view(shape)


class DepthwiseConvolution(nn.Module):
    """Depthwise convolution with "same" padding as TensorFlow does it for even sides.

    Args:
        channels: Channels in and out.
        side: Side of the kernel, odd.
        stride: 1 or 2.
    """

    def __init__(self, channels: int, side: int, stride: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels, 1, side, side))
        self.bias = nn.Parameter(torch.zeros(channels))
        total = side - stride
        self.stride, self.low, self.high = stride, total // 2, total - total // 2

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C, H / stride, W / stride)."""
        if torch.is_grad_enabled() and values.device.type == "cpu":
            result: Tensor = _Depthwise.apply(values, self.weight, self.bias, self.stride, self.low, self.high)  # type: ignore[no-untyped-call]
            return result
        return _convolve(values, self.weight, self.bias, self.stride, self.low, self.high)
