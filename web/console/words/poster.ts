// SPDX-License-Identifier: MulanPSL-2.0
// What stands on the paper at the door: Chinese large, English small, whatever language the console is used in.
export const posterWords = {
  title: ['家里楼里有事，扫码说一声', 'Scan to tell the community what is needed'],
  steps: [
    ['用微信或相机扫上面的码', 'Scan with WeChat or the camera'],
    ['打字、拍照或说话，讲清楚就行', 'Type it, photograph it or say it'],
    ['有人接、有期限，办到哪一步看得见', 'See each step until it is done'],
  ],
  phone: ['不方便扫码？请打电话', 'Cannot scan? Please call'],
  no_phone: ['不方便扫码？请找楼栋长或社区', 'Cannot scan? Ask your building steward'],
  code: ['门牌码', 'Door code'],
  printed: ['印制', 'Printed'],
  keep_clear: ['请勿在此张贴、覆盖其他二维码', 'Do not stick other codes here'],
} as const
